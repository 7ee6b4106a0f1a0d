using System.Globalization;
using Detr.Explain;
using Detr.Imaging;

namespace Detr.Figures;

/// <summary>Which object queries attend to which: a decoder layer's self-attention as a matrix.</summary>
public static class QueryMatrixFigure
{
    private const int Side = 600;
    private const int LargestCell = 16;
    private const int SmallestCell = 2;
    private const int MarkEvery = 10;
    private const float TextSize = 11;
    private static readonly Rgb Ink = new(40, 44, 52);
    private static readonly Rgb KeptColor = new(47, 111, 219);

    /// <summary>Draws the matrix; row t, column s is how much query t attends to query s.</summary>
    /// <param name="attention">The attention.</param>
    /// <param name="description">Which attention it is.</param>
    /// <param name="kept">The detections that are kept, whose queries are marked; may be none.</param>
    public static RgbImage Draw(AttentionMap attention, MapDescription description, IReadOnlyList<Detection> kept)
    {
        MapScale scale = MapScale.Of(attention.Values);
        RgbImage matrix = Heat(attention, scale, cellWidth: Cell(attention.Keys), cellHeight: Cell(attention.Queries));
        (int left, int top) = (34, 20);
        Canvas canvas = new(new RgbImage(left + matrix.Width + 10, top + matrix.Height + 10));
        canvas.Clear(Rgb.White);
        canvas.DrawImage(matrix, left, top);
        Mark(attention.Keys, Cell(attention.Keys), (text, place, width) => canvas.DrawText(left + place - (width / 2), 2, text, TextSize, Ink));
        Mark(attention.Queries, Cell(attention.Queries), (text, place, width) => canvas.DrawText(left - 6 - width, top + place - 8, text, TextSize, Ink));
        foreach (Detection detection in kept)
        {
            float x = left + ((detection.Query + 0.5f) * Cell(attention.Keys)), y = top + ((detection.Query + 0.5f) * Cell(attention.Queries));
            canvas.FillCircle(x, top + matrix.Height + 5, 3, KeptColor);
            canvas.FillCircle(left + matrix.Width + 5, y, 3, KeptColor);
        }

        return PanelGrid.Draw(
            $"{description}\nrow: the query that attends; column: the query that is attended to", [[new(canvas.Image, string.Empty)]], scale.Legend(description.Method), [(KeptColor, "queries that are kept")]);
    }

    /// <summary>A matrix as colours, each number a rectangle.</summary>
    internal static RgbImage Heat(AttentionMap values, MapScale scale, int cellWidth, int cellHeight)
    {
        RgbImage image = new(checked(values.Keys * cellWidth), checked(values.Queries * cellHeight));
        for (int y = 0; y < image.Height; y++)
        {
            ReadOnlySpan<float> row = values.Row(y / cellHeight);
            Span<byte> pixels = image.Row(y);
            for (int x = 0; x < image.Width; x++)
            {
                Rgb color = scale.Colors[scale.Share(row[x / cellWidth])];
                (pixels[3 * x], pixels[(3 * x) + 1], pixels[(3 * x) + 2]) = (color.R, color.G, color.B);
            }
        }

        return image;
    }

    private static int Cell(int count) => Math.Clamp(Side / count, SmallestCell, LargestCell);

    private static void Mark(int count, int cell, Action<string, float, float> draw)
    {
        for (int i = 0; i < count; i += MarkEvery)
        {
            string text = i.ToString(CultureInfo.InvariantCulture);
            draw(text, (i + 0.5f) * cell, Canvas.MeasureText(text, TextSize).Width);
        }
    }
}
