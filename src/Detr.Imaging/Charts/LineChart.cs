using System.Numerics;

namespace Detr.Imaging;

/// <summary>A line chart, such as the losses of a training run.</summary>
/// <param name="Title">Above the chart; may be empty.</param>
/// <param name="XLabel">Below the horizontal axis; may be empty.</param>
/// <param name="YLabel">Above the vertical axis; may be empty.</param>
/// <param name="Series">The lines; none gives empty axes.</param>
public sealed record LineChart(string Title, string XLabel, string YLabel, IReadOnlyList<LineSeries> Series)
{
    private const float TitleSize = 17;
    private const float TextSize = 13;
    private const float Gap = 8;
    private static readonly Rgb _ink = new(40, 44, 52);
    private static readonly Rgb _quietInk = new(96, 102, 112);
    private static readonly Rgb _grid = new(226, 229, 234);

    /// <summary>Draws the chart.</summary>
    /// <param name="width">Pixels in a row; at least 1, well-looking from about 300.</param>
    /// <param name="height">Rows; at least 1, well-looking from about 200.</param>
    /// <exception cref="ArgumentException">A series has not as many X as Y.</exception>
    public RgbImage Render(int width, int height)
    {
        foreach (LineSeries series in Series)
        {
            if (series.X.Length != series.Y.Length)
            {
                throw new ArgumentException(
                    $"Series '{series.Name}' has {series.X.Length} X and {series.Y.Length} Y; it needs as many of both.");
            }
        }

        Canvas canvas = new(new RgbImage(width, height));
        canvas.Clear(Rgb.White);
        float lineHeight = Canvas.MeasureText("0", TextSize).Height;
        float top = DrawHeader(canvas, lineHeight);
        float bottom = height - Gap - lineHeight - Gap / 2 - (XLabel.Length > 0 ? lineHeight : 0);
        AxisScale vertical = new(Points().Select(point => point.Y), Math.Max((int)((bottom - top) / 45), 2), toMarks: true);
        float left = 2 * Gap + vertical.Marks.Max(mark => Canvas.MeasureText(vertical.Format(mark), TextSize).Width);
        float right = width - 2 * Gap;
        AxisScale horizontal = new(Points().Select(point => point.X), Math.Max((int)((right - left) / 90), 2), toMarks: false);
        if (right <= left || bottom <= top)
        {
            return canvas.Image;
        }

        DrawAxes(canvas, horizontal, vertical, left, top, right, bottom);
        foreach (LineSeries series in Series)
        {
            DrawSeries(canvas, series, point => new(
                left + (float)horizontal.Position(point.X) * (right - left),
                bottom - (float)vertical.Position(point.Y) * (bottom - top)));
        }

        return canvas.Image;
    }

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
        foreach (LineSeries series in Series.Where(series => series.Name.Length > 0))
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
            canvas.DrawPolyline([.. run], series.Color, run.Count == 1 ? 5 : 2);
            run.Clear();
        }
    }
}
