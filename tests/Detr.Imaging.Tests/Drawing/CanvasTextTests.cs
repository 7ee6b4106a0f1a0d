namespace Detr.Imaging.Tests;

public class CanvasTextTests
{
    [Fact]
    public void EveryPrintableCharacterHasItsOwnLook()
    {
        Dictionary<string, char> looks = [];
        for (char character = '!'; character <= '~'; character++)
        {
            string look = Convert.ToHexString(Draw(character.ToString(), 24).Pixels);
            Assert.True(looks.TryAdd(look, character), $"'{character}' looks like '{looks.GetValueOrDefault(look)}'.");
        }

        Assert.DoesNotContain(Convert.ToHexString(Draw("\u4e00", 24).Pixels), looks.Keys);
    }

    [Fact]
    public void UnknownCharactersBecomeTheSameHollowBox()
    {
        RgbImage box = Draw("\u4e00", 24);
        Assert.Equal(box.Pixels, Draw("\u00e9", 24).Pixels);
        Assert.True(Dark(box) > 20);
        Assert.Equal(Rgb.White, box.At(11, 20));
    }

    [Theory]
    [InlineData(11)]
    [InlineData(14)]
    [InlineData(24)]
    public void TextStaysInsideItsMeasure(float size)
    {
        const string text = "The quick (brown) fox_{jumps}";
        (float width, float height) = Canvas.MeasureText(text, size);
        RgbImage image = TestPictures.Solid(600, 80, Rgb.White);
        new Canvas(image).DrawText(20, 20, text, size, Rgb.Black);
        for (int y = 0; y < image.Height; y++)
        {
            for (int x = 0; x < image.Width; x++)
            {
                bool inside = x >= 19 && x < 21 + width && y >= 20 && y < 20 + height;
                Assert.True(inside || image.At(x, y) == Rgb.White, $"ink at {x}, {y}");
            }
        }
    }

    [Fact]
    public void MeasuresAddUp()
    {
        (float width, float height) = Canvas.MeasureText("ab", 16);
        Assert.Equal(width, Canvas.MeasureText("a", 16).Width + Canvas.MeasureText("b", 16).Width, 1e-3f);
        Assert.Equal((width, 2 * height), Canvas.MeasureText("ab\na", 16));
        Assert.Equal(0, Canvas.MeasureText("", 16).Width);
        Assert.Equal((0, 0), Canvas.MeasureText("ab", float.NaN));
        Assert.Equal((0, 0), Canvas.MeasureText("ab", 1e9f));
    }

    [Theory]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(17)]
    public void CapitalsEndOnWholePixels(float size)
    {
        // The bar of a T and the foot of an L are as dark as the pen is thick: no row of pixels is a faint shadow of them.
        RgbImage image = Draw("TL", size);
        int[] rows = [.. Enumerable.Range(0, image.Height).Where(y => image.Row(y).ContainsAnyExcept((byte)255))];
        Assert.All([rows[0], rows[^1]], y => Assert.True(Enumerable.Range(0, image.Width).Min(x => image.At(x, y).G) < 40));
    }

    [Theory]
    [InlineData(-50, -50)]
    [InlineData(500, 500)]
    [InlineData(30, 5)]
    [InlineData(95, 40)]
    public void LabelsLieInsideThePicture(float x, float y)
    {
        RgbImage image = TestPictures.Solid(100, 60, Rgb.White);
        (float x0, float y0, float x1, float y1) = new Canvas(image).DrawLabel(x, y, "cat 0.9", 12, new(0, 0, 128));
        Assert.True(x0 >= 0 && y0 >= 0 && x1 <= 100 && y1 <= 60);
        Assert.Equal(new(0, 0, 128), image.At((int)x0 + 3, (int)y0 + 1));
    }

    [Fact]
    public void LabelsTakeLightOrDarkInk()
    {
        RgbImage image = TestPictures.Solid(100, 60, Rgb.Black);
        Canvas canvas = new(image);
        canvas.DrawLabel(0, 30, "M", 20, new(0, 0, 128));
        Assert.Contains((byte)255, image.Pixels);
        canvas.Clear(new(240, 240, 100));
        canvas.DrawLabel(0, 30, "M", 20, new(240, 240, 100));
        Assert.Contains((byte)0, image.Pixels);
    }

    private static RgbImage Draw(string text, float size)
    {
        RgbImage image = TestPictures.Solid(60, 50, Rgb.White);
        new Canvas(image).DrawText(4, 6, text, size, Rgb.Black);
        return image;
    }

    private static int Dark(RgbImage image) => image.Pixels.Count(value => value < 128) / 3;
}
