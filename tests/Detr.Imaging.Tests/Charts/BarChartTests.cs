namespace Detr.Imaging.Tests;

/// <summary>Bars are as long as their numbers.</summary>
public sealed class BarChartTests
{
    private static readonly Rgb _red = new(200, 0, 0);

    [Fact]
    public void Bars_are_as_long_as_their_numbers()
    {
        RgbImage chart = new BarChart("Objects", [new Bar("cat", 100, _red), new Bar("dog", 50, _red), new Bar("gnu", 0, _red), new Bar("ant", 0.001, _red)]).Render(400);
        int[] lengths = [.. Enumerable.Range(0, chart.Height).Select(y => Enumerable.Range(0, 400).Count(x => IsRed(chart, x, y))).Where(length => length > 0)];
        int longest = lengths.Max();
        Assert.InRange(longest, 200, 380);
        Assert.Contains(lengths, length => Math.Abs(length - (longest / 2)) <= 1);
        Assert.Equal(1, lengths.Min());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    [InlineData(400)]
    public void Any_width_and_any_numbers_can_be_drawn(int width)
    {
        BarChart chart = new("A title", [new Bar(new string('w', 300), double.NaN, _red), new Bar("", double.PositiveInfinity, _red), new Bar("x", -3, _red), new Bar("y", 2, _red)]);
        RgbImage image = chart.Render(width);
        Assert.Equal((width, chart.Height), (image.Width, image.Height));
        Assert.True(new BarChart("", []).Render(width).Height >= 1);
    }

    private static bool IsRed(RgbImage image, int x, int y) => image.Row(y)[3 * x] > 150 && image.Row(y)[3 * x + 1] < 100;
}
