using Detr.Imaging;

namespace Detr.Figures;

/// <summary>A figure of captioned pictures in rows, with a title above and what colours mean below.</summary>
internal static class PanelGrid
{
    /// <summary>The colour of boxes on maps, whose colours it is not among.</summary>
    internal static readonly Rgb BoxColor = new(120, 230, 255);

    private const int Gap = 10;
    private const int ScaleWidth = 260;
    private const float TitleSize = 15;
    private const float TextSize = 12;
    private const int Swatch = 12;
    private static readonly Rgb Ink = new(40, 44, 52);
    private static readonly Rgb QuietInk = new(96, 102, 112);

    /// <summary>A picture and the lines below it.</summary>
    internal sealed record Panel(RgbImage Picture, string Caption);

    /// <summary>Draws a figure.</summary>
    /// <param name="title">Its title; line feeds start new lines.</param>
    /// <param name="rows">The panels; without any, a line says that there is nothing.</param>
    /// <param name="scale">The colours' legend, if they stand for numbers.</param>
    /// <param name="legend">What single colours mean.</param>
    /// <param name="columns">Whether panels below one another begin at one column; where rows have panels of different sizes, better not.</param>
    internal static RgbImage Draw(
        string title, IReadOnlyList<IReadOnlyList<Panel>> rows, ColorScale? scale = null, IReadOnlyList<(Rgb Color, string Meaning)>? legend = null, bool columns = true)
    {
        string heading = rows.Any(row => row.Count > 0) ? title : $"{title}\nnothing to show";
        (float titleWidth, float titleHeight) = Canvas.MeasureText(heading, TitleSize, 1.2f);
        int[][] widths = columns ? [.. Enumerable.Repeat(Columns(rows), rows.Count)] : [.. rows.Select(row => Columns([row]))];
        int[] heights = [.. rows.Select(row => row.Select(Height).DefaultIfEmpty().Max())];
        int legendWidth = (legend ?? []).Sum(entry => Swatch + Gap + (int)Canvas.MeasureText(entry.Meaning, TextSize).Width + Gap);
        int contentTop = Gap + (int)MathF.Ceiling(titleHeight) + Gap, below = contentTop + heights.Sum(height => height + Gap);
        int footer = scale is null && legend is null ? 0 : Math.Max(scale?.Height ?? 0, LineHeight) + Gap;
        int scaleWidth = scale is null ? 0 : Math.Max(ScaleWidth, (int)Canvas.MeasureText(scale.Label, TextSize).Width) + (2 * Gap);
        int width = Math.Max(widths.Select(row => row.Sum(column => column + Gap)).DefaultIfEmpty().Max() + Gap, Math.Max((int)MathF.Ceiling(titleWidth), scaleWidth + legendWidth) + (2 * Gap));
        Canvas canvas = new(new RgbImage(width, below + footer));
        canvas.Clear(Rgb.White);
        canvas.DrawText(Gap, Gap, heading, TitleSize, Ink, weight: 1.2f);
        int top = contentTop;
        for (int i = 0; i < rows.Count; i++)
        {
            DrawRow(canvas, rows[i], widths[i], top);
            top += heights[i] + Gap;
        }

        scale?.Draw(canvas, Gap, below, ScaleWidth);
        DrawLegend(canvas, legend ?? [], Gap + scaleWidth, below);
        return canvas.Image;
    }

    /// <summary>Panels in rows of a count.</summary>
    internal static IReadOnlyList<IReadOnlyList<Panel>> InRows(IEnumerable<Panel> panels, int columns) => [.. panels.Chunk(columns)];

    private static int LineHeight => (int)MathF.Ceiling(Canvas.MeasureText("0", TextSize).Height);

    /// <summary>How wide the columns are that rows have together.</summary>
    private static int[] Columns(IReadOnlyList<IReadOnlyList<Panel>> rows)
        => [.. Enumerable.Range(0, rows.Select(row => row.Count).DefaultIfEmpty().Max()).Select(column => rows.Where(row => row.Count > column).Max(row => Width(row[column])))];

    private static int Width(Panel panel) => Math.Max(panel.Picture.Width, (int)MathF.Ceiling(Canvas.MeasureText(panel.Caption, TextSize).Width));

    private static int Height(Panel panel) => panel.Picture.Height + (panel.Caption.Length > 0 ? (int)MathF.Ceiling(Canvas.MeasureText(panel.Caption, TextSize).Height) + 3 : 0);

    private static void DrawRow(Canvas canvas, IReadOnlyList<Panel> row, int[] widths, int top)
    {
        int left = Gap;
        for (int i = 0; i < row.Count; i++)
        {
            canvas.DrawImage(row[i].Picture, left, top);
            canvas.DrawText(left, top + row[i].Picture.Height + 3, row[i].Caption, TextSize, QuietInk);
            left += widths[i] + Gap;
        }
    }

    private static void DrawLegend(Canvas canvas, IReadOnlyList<(Rgb Color, string Meaning)> legend, float left, float top)
    {
        foreach ((Rgb color, string meaning) in legend)
        {
            canvas.FillRectangle(left, top + 3, left + Swatch, top + 3 + Swatch, color);
            canvas.DrawText(left + Swatch + (Gap / 2), top, meaning, TextSize, QuietInk);
            left += Swatch + Gap + Canvas.MeasureText(meaning, TextSize).Width + Gap;
        }
    }
}
