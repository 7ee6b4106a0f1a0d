namespace Detr.Imaging.Tests;

public class ColorsTests
{
    public static TheoryData<string> MapNames => [.. ColorMaps.All.Select(map => map.Name)];

    [Theory]
    [InlineData("#ff8000", 255, 128, 0)]
    [InlineData("0A0b0C", 10, 11, 12)]
    [InlineData("#f80", 255, 136, 0)]
    public void ReadsHexadecimal(string text, byte r, byte g, byte b)
    {
        Assert.Equal(new(r, g, b), Rgb.Parse(text));
        Assert.Equal(new(r, g, b), Rgb.Parse(new Rgb(r, g, b).ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("#")]
    [InlineData("#12345")]
    [InlineData("##1234")]
    [InlineData("#gggggg")]
    [InlineData(" 12345")]
    [InlineData("red")]
    public void RefusesOtherText(string text) =>
        Assert.Contains("#rrggbb", Assert.Throws<FormatException>(() => Rgb.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void LuminanceIsThatOfLinearLight()
    {
        Assert.Equal(0, Rgb.Black.Luminance);
        Assert.Equal(1, Rgb.White.Luminance, 1e-12);
        Assert.Equal(0.2158605, new Rgb(128, 128, 128).Luminance, 1e-6);
        Assert.Equal(Rgb.White, new Rgb(0, 0, 200).ReadableInk);
        Assert.Equal(Rgb.Black, new Rgb(255, 255, 0).ReadableInk);
    }

    // Known coordinates of Ottosson's published conversion.
    [Theory]
    [InlineData(255, 255, 255, 1, 0, 0)]
    [InlineData(255, 0, 0, 0.62796, 0.22486, 0.12585)]
    [InlineData(0, 0, 255, 0.45201, -0.03246, -0.31153)]
    public void OkLabHasItsPublishedValues(byte r, byte g, byte b, double lightness, double a, double bAxis)
    {
        OkLab lab = OkLab.FromRgb(new(r, g, b));
        Assert.Equal(lightness, lab.L, 1e-4);
        Assert.Equal(a, lab.A, 1e-4);
        Assert.Equal(bAxis, lab.B, 1e-4);
        Assert.Equal(new(r, g, b), lab.ToRgb());
    }

    [Theory]
    [MemberData(nameof(MapNames))]
    public void MapsWalkEvenly(string name)
    {
        ColorMap map = ColorMaps.Find(name.ToUpperInvariant());
        OkLab[] colors = [.. map.Colors.ToArray().Select(OkLab.FromRgb)];

        // Over eight colours at a time, not around a middle, where the way turns, and not among the darkest, where rounding to bytes
        // would drown the step.
        double[] steps = [.. Enumerable.Range(0, 248).Where(i => colors[i].L > 0.15 && (map != ColorMaps.Diverging || i is < 120 or > 127))
            .Select(i => colors[i].DistanceTo(colors[i + 8]))];
        double expected = steps.Average();
        Assert.True(steps.Length > 200);
        Assert.All(steps, step => Assert.InRange(step, expected * 0.6, expected * 1.4));
    }

    [Theory]
    [InlineData("ember")]
    [InlineData("dusk")]
    [InlineData("lagoon")]
    public void LightnessOfSequentialMapsIsEven(string name)
    {
        double[] lightness = Lightness(ColorMaps.Find(name), first: 0, ColorMap.Count);
        Assert.True(lightness[^1] - lightness[0] > 0.6);
        AssertEven(lightness);
    }

    [Fact]
    public void LightnessOfTheDivergingMapIsEvenToItsMiddleAndBack()
    {
        double[] rise = Lightness(ColorMaps.Diverging, first: 0, ColorMap.Count / 2);
        double[] fall = Lightness(ColorMaps.Diverging, first: ColorMap.Count / 2, ColorMap.Count / 2);
        Assert.Equal(rise[0], fall[^1], 0.004);
        AssertEven(rise);
        AssertEven([.. fall.Reverse()]);
        Rgb blue = ColorMaps.Diverging[0], middle = ColorMaps.Diverging[0.5f], red = ColorMaps.Diverging[1];
        Assert.True(blue.B > blue.R && red.R > red.B);
        Assert.InRange(Math.Max(middle.R, middle.B) - Math.Min(middle.R, middle.B), 0, 4);
    }

    [Fact]
    public void NoColorOfASequentialMapIsDarkerThanOneBelowIt()
    {
        foreach (ColorMap map in ColorMaps.All.Where(map => map != ColorMaps.Diverging))
        {
            double[] luminance = [.. map.Colors.ToArray().Select(color => color.Luminance)];
            Assert.All(Enumerable.Range(0, 254), i => Assert.True(luminance[i + 2] >= luminance[i]));
        }
    }

    [Fact]
    public void NumbersOutsideTheScaleTakeItsEnds()
    {
        ColorMap map = ColorMaps.Ember;
        Assert.Equal(map.Colors[0], map[-3]);
        Assert.Equal(map.Colors[0], map[float.NaN]);
        Assert.Equal(map.Colors[255], map[float.PositiveInfinity]);
        Assert.Equal(map.Colors[128], map[128 / 255f]);
        Assert.Throws<ArgumentException>(() => new ColorMap("short", new Rgb[255]));
        Assert.Contains("ember", Assert.Throws<ArgumentException>(() => ColorMaps.Find("jet")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PaletteColorsDiffer()
    {
        OkLab[] colors = [.. Enumerable.Range(0, 24).Select(i => OkLab.FromRgb(Palette.ForIndex(i)))];
        for (int i = 0; i < colors.Length; i++)
        {
            for (int k = 0; k < i; k++)
            {
                Assert.True(colors[i].DistanceTo(colors[k]) > (i - k < 4 ? 0.08 : 0.025), $"{k} and {i} look alike");
            }
        }

        Assert.Equal(Palette.ForIndex(90), Palette.ForIndex(90));
        Assert.NotEqual(default, Palette.ForIndex(int.MaxValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => Palette.ForIndex(-1));
    }

    private static double[] Lightness(ColorMap map, int first, int count) => [.. map.Colors.Slice(first, count).ToArray().Select(color => OkLab.FromRgb(color).L)];

    /// <summary>Equal steps, but for what rounding to bytes moves.</summary>
    private static void AssertEven(double[] lightness)
    {
        double step = (lightness[^1] - lightness[0]) / (lightness.Length - 1);
        Assert.True(step > 0.002);
        Assert.All(Enumerable.Range(0, lightness.Length), i => Assert.Equal(lightness[0] + (i * step), lightness[i], 0.005));
    }
}
