using System.Numerics;

namespace Detr.Imaging;

/// <summary>A line chart, such as the losses of a training run.</summary>
/// <param name="Title">Above the chart; may be empty.</param>
/// <param name="XLabel">Below the horizontal axis; may be empty.</param>
/// <param name="YLabel">Above the vertical axis; may be empty.</param>
/// <param name="Series">The lines; none gives empty axes.</param>
public sealed partial record LineChart(string Title, string XLabel, string YLabel, IReadOnlyList<LineSeries> Series)
{
    private const float TitleSize = 17;
    private const float TextSize = 13;
    private const float Gap = 8;
    private const float FaintOpacity = 0.45f;
    private static readonly Rgb _ink = new(40, 44, 52);
    private static readonly Rgb _quietInk = new(96, 102, 112);
    private static readonly Rgb _grid = new(226, 229, 234);

    /// <summary>What the horizontal axis spans; what the points do unless given.</summary>
    public (double Low, double High)? XRange { get; init; }

    /// <summary>What the vertical axis spans; what the points do, out to the next marks, unless given.</summary>
    public (double Low, double High)? YRange { get; init; }

    /// <summary>Whether across only whole numbers mean something, such as epochs, so that nothing between is marked.</summary>
    public bool HasWholeX { get; init; }

    /// <summary>Draws the chart.</summary>
    /// <param name="width">Pixels in a row; at least 1, well-looking from about 300.</param>
    /// <param name="height">Rows; at least 1, well-looking from about 200.</param>
    /// <exception cref="ArgumentException">A series has not as many X as Y.</exception>
    public RgbImage Render(int width, int height) => Render(width, height, 0).Picture;

    /// <summary>Draws charts one below the other over one horizontal axis: what happened together stands together.</summary>
    /// <param name="charts">The charts, from above; at least one.</param>
    /// <param name="width">Pixels in a row.</param>
    /// <param name="height">Rows of each chart.</param>
    /// <exception cref="ArgumentException">There is no chart, or a series has not as many X as Y.</exception>
    public static RgbImage RenderColumn(IReadOnlyList<LineChart> charts, int width, int height)
    {
        if (charts.Count == 0)
        {
            throw new ArgumentException("A column has at least one chart.", nameof(charts));
        }

        double[] x = [.. charts.SelectMany(chart => chart.Points()).Select(point => point.X)];
        LineChart[] aligned = x.Length == 0 ? [.. charts] : [.. charts.Select(chart => chart with { XRange = (x.Min(), x.Max()) })];
        float left = aligned.Max(chart => chart.Render(width, height, 0).Left);
        Canvas column = new(new RgbImage(width, checked(height * aligned.Length)));
        for (int i = 0; i < aligned.Length; i++)
        {
            column.DrawImage(aligned[i].Render(width, height, left).Picture, 0, i * height);
        }

        return column.Image;
    }

    /// <summary>Draws the chart with its plot no further left than asked for, and says where it begins.</summary>
    private (RgbImage Picture, float Left) Render(int width, int height, float leastLeft)
    {
        RequireEqualCounts();
        Canvas canvas = new(new RgbImage(width, height));
        canvas.Clear(Rgb.White);
        float lineHeight = Canvas.MeasureText("0", TextSize).Height;
        float top = DrawHeader(canvas, lineHeight);
        float bottom = height - Gap - lineHeight - Gap / 2 - (XLabel.Length > 0 ? lineHeight : 0);
        AxisScale vertical = Vertical((int)((bottom - top) / 45));
        float left = MathF.Max(leastLeft, 2 * Gap + vertical.Marks.Max(mark => Canvas.MeasureText(vertical.Format(mark), TextSize).Width));
        float right = width - 2 * Gap;
        AxisScale horizontal = Horizontal((int)((right - left) / 90));
        if (right <= left || bottom <= top)
        {
            return (canvas.Image, left);
        }

        DrawAxes(canvas, horizontal, vertical, left, top, right, bottom);
        foreach (LineSeries series in Series)
        {
            DrawSeries(canvas, series, point => new(
                left + (float)horizontal.Position(point.X) * (right - left),
                bottom - (float)vertical.Position(point.Y) * (bottom - top)));
        }

        return (canvas.Image, left);
    }

    private void RequireEqualCounts()
    {
        foreach (LineSeries series in Series)
        {
            if (series.X.Length != series.Y.Length)
            {
                throw new ArgumentException(
                    $"Series '{series.Name}' has {series.X.Length} X and {series.Y.Length} Y; it needs as many of both.");
            }
        }
    }

    private AxisScale Horizontal(int marks) =>
        new(XRange is { } range ? [range.Low, range.High] : Points().Select(point => point.X), Math.Max(marks, 2), toMarks: false, HasWholeX ? 1 : 0);

    private AxisScale Vertical(int marks) =>
        new(YRange is { } range ? [range.Low, range.High] : Points().Select(point => point.Y), Math.Max(marks, 2), toMarks: true);

    private IEnumerable<(double X, double Y)> Points() =>
        Series.SelectMany(series => series.X.Zip(series.Y)).Where(point => IsShown(point));

    private static bool IsShown((double X, double Y) point) => double.IsFinite(point.X) && double.IsFinite(point.Y);

    /// <summary>Writes title, legend and vertical label, and returns where the plot may start.</summary>
    private float DrawHeader(Canvas canvas, float lineHeight)
    {
        float y = Gap;
        if (Title.Length > 0)
        {
            canvas.DrawText(Gap, y, Title, TitleSize, _ink, weight: 1.3f);
            y += Canvas.MeasureText(Title, TitleSize).Height + Gap / 2;
        }

        float x = Gap;
        foreach (LineSeries series in Series.Where(series => series.Name.Length > 0 && !series.IsFaint))
        {
            const float Swatch = 18;
            float entry = Swatch + Gap + Canvas.MeasureText(series.Name, TextSize).Width + 2 * Gap;
            if (x > Gap && x + entry > canvas.Image.Width)
            {
                x = Gap;
                y += lineHeight;
            }

            float middle = y + lineHeight / 2;
            canvas.DrawLine(x + 1, middle, x + Swatch - 1, middle, series.Color, 3);
            canvas.DrawText(x + Swatch + Gap / 2, y, series.Name, TextSize, _ink);
            x += entry;
        }

        y += x > Gap ? lineHeight + Gap / 2 : 0;
        if (YLabel.Length > 0)
        {
            canvas.DrawText(Gap, y, YLabel, TextSize, _quietInk);
            y += lineHeight;
        }

        return y + Gap;
    }

    private void DrawAxes(
        Canvas canvas, AxisScale horizontal, AxisScale vertical, float left, float top, float right, float bottom)
    {
        foreach (double mark in vertical.Marks)
        {
            float y = MathF.Round(bottom - (float)vertical.Position(mark) * (bottom - top));
            canvas.FillRectangle(left, y, right, y + 1, _grid);
            (float width, float height) = Canvas.MeasureText(vertical.Format(mark), TextSize);
            canvas.DrawText(left - Gap - width, y - height / 2, vertical.Format(mark), TextSize, _quietInk);
        }

        foreach (double mark in horizontal.Marks)
        {
            float x = MathF.Round(left + (float)horizontal.Position(mark) * (right - left));
            canvas.FillRectangle(x, top, x + 1, bottom + Gap / 2, _grid);
            float width = Canvas.MeasureText(horizontal.Format(mark), TextSize).Width;
            float start = MathF.Min(x - width / 2, canvas.Image.Width - width - 2);
            canvas.DrawText(start, bottom + Gap / 2, horizontal.Format(mark), TextSize, _quietInk);
        }

        float axis = MathF.Round(bottom);
        canvas.FillRectangle(left, axis, right, axis + 1, _quietInk);
        (float labelWidth, float labelHeight) = Canvas.MeasureText(XLabel, TextSize);
        canvas.DrawText((left + right - labelWidth) / 2, canvas.Image.Height - Gap / 2 - labelHeight, XLabel, TextSize, _quietInk);
    }

    private static void DrawSeries(Canvas canvas, LineSeries series, Func<(double X, double Y), Vector2> place)
    {
        List<Vector2> run = [];
        for (int i = 0; i <= series.X.Length; i++)
        {
            if (i < series.X.Length && IsShown((series.X[i], series.Y[i])))
            {
                run.Add(place((series.X[i], series.Y[i])));
                continue;
            }

            // A run ends at a gap or at the end; one point alone is a dot that can be seen.
            canvas.DrawPolyline([.. run], series.Color, run.Count == 1 ? 5 : series.IsFaint ? 1 : 2, series.IsFaint ? FaintOpacity : 1);
            run.Clear();
        }
    }
}
