using System.Globalization;
using System.Xml.Linq;

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
    [InlineData(0, 2, "0 1 2")]
    [InlineData(0, 40, "0 10 20 30 40")]
    public void WholeNumbersHaveNoMarksBetween(double low, double high, string expected)
    {
        AxisScale axis = new([low, high], 5, toMarks: false, leastStep: 1);
        Assert.Equal(expected, string.Join(' ', axis.Marks.Select(axis.Format)));
    }

    [Fact]
    public void ChartsOfAColumnShareTheirAxis()
    {
        LineChart first = new("", "", "", [new("", [0, 10], [0, 0.001], _color)]), second = new("", "", "", [new("", [5, 10], [100000, 900000], _color)]);
        RgbImage image = LineChart.RenderColumn([first, second], 400, 200);
        Assert.Equal((400, 400), (image.Width, image.Height));
        int[] upper = Columns(0), lower = Columns(200);
        Assert.Equal(upper[^1], lower[^1]);
        Assert.Equal((upper[0] + upper[^1]) / 2.0, lower[0], 2.0);
        Assert.Throws<ArgumentException>(() => LineChart.RenderColumn([], 400, 200));

        int[] Columns(int top) => [.. Enumerable.Range(0, 400).Where(x => Enumerable.Range(top, 200).Any(y => image.At(x, y) == _color))];
    }

    [Fact]
    public void SvgIsWellFormedAndItsPointsAreTheValues()
    {
        LineChart chart = new("<title>", "a & b", "y", [new("\"one\"", [0, 5, 10, 15, 20], [2, 4, double.NaN, 8, double.NaN], _color), new("two", [0], [1], _color) { IsFaint = true }]);
        XElement svg = XElement.Parse(chart.ToSvg(560, 280));
        Assert.Equal("<title>", svg.Attribute("aria-label")!.Value);
        double[] plot = [.. svg.Attribute("data-plot")!.Value.Split(' ').Select(text => double.Parse(text, CultureInfo.InvariantCulture))];
        XElement[] lines = [.. svg.Elements().Where(element => element.Attribute("data-name") is not null)];
        Assert.Equal([("\"one\"", "line"), ("two", "faint")], lines.Select(line => (line.Attribute("data-name")!.Value, line.Attribute("class")!.Value)));
        string[] points = lines[0].Attribute("d")!.Value.Split(['M', 'L', 'h'], StringSplitOptions.RemoveEmptyEntries);
        double[] second = [.. points[1].Split(' ').Select(text => double.Parse(text, CultureInfo.InvariantCulture))];
        Assert.Equal(5, plot[4] + ((second[0] - plot[0]) / (plot[2] - plot[0]) * (plot[6] - plot[4])), 0.05);
        Assert.Equal(4, plot[7] + ((plot[3] - second[1]) / (plot[3] - plot[1]) * (plot[5] - plot[7])), 0.05);
        Assert.EndsWith("h0", lines[0].Attribute("d")!.Value, StringComparison.Ordinal);
        Assert.NotNull(XElement.Parse((chart with { Series = [] }).ToSvg(560, 280)));
    }

    [Fact]
    public void AVeryLongLineKeepsItsExtremes()
    {
        double[] x = [.. Enumerable.Range(0, 20000).Select(i => (double)i)], y = new double[20000];
        y[12345] = 7;
        LineChart chart = new("", "", "", [new("", x, y, _color)]);
        string svg = chart.ToSvg(560, 280);
        Assert.InRange(svg.Length, 1000, 20000);
        double[] plot = [.. XElement.Parse(svg).Attribute("data-plot")!.Value.Split(' ').Select(text => double.Parse(text, CultureInfo.InvariantCulture))];
        double top = plot[3] - (7 / plot[5] * (plot[3] - plot[1]));
        Assert.Contains(top.ToString(" 0.##", CultureInfo.InvariantCulture), svg, StringComparison.Ordinal);
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
