namespace Detr.Imaging.Tests;

public class LineChartTests
{
    private static readonly Rgb _color = new(255, 0, 255);

    [Theory]
    [InlineData(0, 1, "0.0 0.2 0.4 0.6 0.8 1.0")]
    [InlineData(0, 137, "0 50 100 150")]
    [InlineData(-0.031, 0.042, "-0.04 -0.02 0.00 0.02 0.04 0.06")]
    [InlineData(5, 5, "2 3 4 5 6 7 8")]
    [InlineData(0, 0, "-1.0 -0.5 0.0 0.5 1.0")]
    [InlineData(1e9, 3e9, "1e9 1.5e9 2e9 2.5e9 3e9")]
    public void MarksAreRound(double low, double high, string expected)
    {
        AxisScale axis = new([high, double.NaN, low, double.PositiveInfinity], 5, toMarks: true);
        Assert.Equal(expected, string.Join(' ', axis.Marks.Select(axis.Format)));
        Assert.True(axis.Low <= low && axis.High >= high);
    }

    [Fact]
    public void AnAxisWithoutNumbersRunsFromZeroToOne()
    {
        AxisScale axis = new([], 5, toMarks: false);
        Assert.Equal((0, 1), (axis.Low, axis.High));
    }

    [Fact]
    public void AFallingLineFalls()
    {
        RgbImage image = new LineChart("", "", "", [new("", [0, 1, 2], [3, 2, 1], _color)]).Render(400, 300);
        int[] rows = [.. Enumerable.Range(0, 400)
            .Select(x => Enumerable.Range(0, 300).FirstOrDefault(y => image.At(x, y) == _color, -1)).Where(y => y >= 0)];
        Assert.True(rows.Length > 300);
        Assert.Equal(rows.Order(), rows);
        Assert.True(rows[^1] - rows[0] > 200);
    }

    [Fact]
    public void AGapStaysEmptyAndALonePointIsADot()
    {
        LineSeries series = new("", [0, 1, 2, 3, 4], [1, 1, double.NaN, 2, double.NaN], _color);
        RgbImage image = new LineChart("", "", "", [series]).Render(400, 300);
        int[] columns = [.. Enumerable.Range(0, 400).Where(x => Enumerable.Range(0, 300).Any(y => image.At(x, y) == _color))];
        int jumps = columns.Zip(columns.Skip(1)).Count(pair => pair.Second - pair.First > 1);
        Assert.Equal(1, jumps);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 900)]
    [InlineData(900, 7)]
    [InlineData(80, 60)]
    public void AnySizeIsDrawn(int width, int height)
    {
        LineChart chart = new("A title", "steps", "loss", [new("one", [1, 2], [1, 5], _color), new("none", [], [], _color)]);
        RgbImage image = chart.Render(width, height);
        Assert.Equal((width, height), (image.Width, image.Height));
        Assert.NotNull((chart with { Series = [] }).Render(width, height));
    }

    [Fact]
    public void UnequalCountsAreRefused()
    {
        LineChart chart = new("", "", "", [new("odd", [1, 2], [1], _color)]);
        Assert.Contains("odd", Assert.Throws<ArgumentException>(() => chart.Render(100, 100)).Message, StringComparison.Ordinal);
    }
}
