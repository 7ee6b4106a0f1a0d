using System.Globalization;
using System.Net;
using System.Text;

namespace Detr.Imaging;

public sealed partial record LineChart
{
    private const int MostPoints = 500;
    private const double SvgText = 12;
    private const double CharacterWidth = 6.8;

    /// <summary>The chart's plot as an SVG element for a page, without title and legend, which a page writes better itself.</summary>
    /// <param name="width">The width that its proportions are made for; the page scales it.</param>
    /// <param name="height">The height.</param>
    /// <returns>
    /// Markup with every text encoded. Axes have the classes <c>rule</c>, <c>axis</c> and <c>mark</c>, lines <c>line</c> or <c>faint</c>;
    /// the element's <c>data-plot</c> holds the plot's left, top, right and bottom and the numbers at these edges, so that a
    /// script can tell values from places, and each line's <c>data-name</c> its name. A line of very many points is drawn through the
    /// lowest and highest of each short stretch.
    /// </returns>
    /// <exception cref="ArgumentException">A series has not as many X as Y.</exception>
    public string ToSvg(int width, int height)
    {
        RequireEqualCounts();
        double top = 10, bottom = height - 24 - (XLabel.Length > 0 ? 18 : 0);
        AxisScale vertical = Vertical((int)((bottom - top) / 45));
        double left = 14 + (CharacterWidth * vertical.Marks.Max(mark => vertical.Format(mark).Length)), right = width - 14;
        AxisScale horizontal = Horizontal((int)((right - left) / 90));
        double X(double value) => left + (horizontal.Position(value) * (right - left));
        double Y(double value) => bottom - (vertical.Position(value) * (bottom - top));

        StringBuilder svg = new();
        svg.Append(CultureInfo.InvariantCulture, $"""
            <svg class="chart" viewBox="0 0 {width} {height}" role="img" aria-label="{Encode(Title)}" font-size="{SvgText}" data-plot="{left:0.##} {top:0.##} {right:0.##} {bottom:0.##} {horizontal.Low:R} {vertical.High:R} {horizontal.High:R} {vertical.Low:R}">
            """);
        foreach (double mark in vertical.Marks)
        {
            svg.Append(CultureInfo.InvariantCulture, $"""<path class="rule" d="M{left:0.##} {Y(mark):0.##}H{right:0.##}"/><text class="mark" x="{left - 6:0.##}" y="{Y(mark) + 4:0.##}" text-anchor="end">{vertical.Format(mark)}</text>""");
        }

        foreach (double mark in horizontal.Marks)
        {
            string text = horizontal.Format(mark);
            double reach = Math.Min(X(mark), width - 2 - (text.Length * CharacterWidth / 2));
            svg.Append(CultureInfo.InvariantCulture, $"""<path class="rule" d="M{X(mark):0.##} {top:0.##}V{bottom:0.##}"/><text class="mark" x="{reach:0.##}" y="{bottom + 17:0.##}" text-anchor="middle">{text}</text>""");
        }

        svg.Append(CultureInfo.InvariantCulture, $"""<path class="axis" d="M{left:0.##} {bottom:0.##}H{right:0.##}"/><text class="mark" x="{(left + right) / 2:0.##}" y="{height - 6}" text-anchor="middle">{Encode(XLabel)}</text>""");
        foreach (LineSeries series in Series)
        {
            AppendLine(svg, series, X, Y);
        }

        return svg.Append("</svg>").ToString();
    }

    private static void AppendLine(StringBuilder svg, LineSeries series, Func<double, double> x, Func<double, double> y)
    {
        svg.Append(CultureInfo.InvariantCulture, $"<path class=\"{(series.IsFaint ? "faint" : "line")}\" data-name=\"{Encode(series.Name)}\" stroke=\"{series.Color}\" d=\"");
        bool isOpen = false;
        (double X, double Y)[] points = Thinned(series);
        for (int i = 0; i < points.Length; i++)
        {
            if (IsShown(points[i]))
            {
                // A line of no length has round ends, and so a point alone is a dot.
                bool isAlone = !isOpen && (i + 1 == points.Length || !IsShown(points[i + 1]));
                svg.Append(CultureInfo.InvariantCulture, $"{(isOpen ? 'L' : 'M')}{x(points[i].X):0.##} {y(points[i].Y):0.##}{(isAlone ? "h0" : string.Empty)}");
            }

            isOpen = IsShown(points[i]);
        }

        svg.Append("\"/>");
    }

    /// <summary>A line's points, of very many the lowest and highest of each stretch.</summary>
    private static (double X, double Y)[] Thinned(LineSeries series)
    {
        (double X, double Y)[] points = [.. series.X.Zip(series.Y)];
        return points.Length <= MostPoints
            ? points
            : [.. points.Where(IsShown).Chunk((points.Length / (MostPoints / 2)) + 1).SelectMany(chunk => new[] { chunk.MinBy(point => point.Y), chunk.MaxBy(point => point.Y) }.OrderBy(point => point.X))];
    }

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
