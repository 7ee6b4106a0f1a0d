using System.Globalization;
using Detr.Explain;
using Detr.Imaging;

namespace Detr.Figures;

/// <summary>A number for every head: for each attention a grid, its rows layers and its columns heads, the numbers as colours.</summary>
public static class HeadGridFigure
{
    private const int CellWidth = 58;
    private const int CellHeight = 30;
    private const int Left = 58;
    private const int Top = 20;
    private const float TextSize = 12;
    private static readonly Rgb Ink = new(40, 44, 52);

    /// <summary>Draws the grids on one scale.</summary>
    /// <param name="title">The figure's title; line feeds start new lines.</param>
    /// <param name="heads">The numbers; of heads that are not among them the grid stays empty, and of no head there is no grid.</param>
    /// <param name="label">What the numbers are, for the scale.</param>
    public static RgbImage Draw(string title, IReadOnlyList<(AttentionHead Head, double Value)> heads, string label)
    {
        MapScale scale = Scale([.. heads.Select(head => Math.Abs(head.Value))]);
        PanelGrid.Panel[] grids =
        [
            .. heads.GroupBy(head => head.Head.Place.Kind).OrderBy(group => group.Key).Select(group => new PanelGrid.Panel(Grid([.. group], scale), group.Key.Title())),
        ];
        return PanelGrid.Draw(title, [grids], scale.Legend(label));
    }

    /// <summary>As far to both sides of 0, which is grey, as the furthest number, rounded up to one digit.</summary>
    private static MapScale Scale(double[] distances)
    {
        double furthest = distances.Append(0).Max(), digit = furthest > 0 ? Math.Pow(10, Math.Floor(Math.Log10(furthest))) : 1;
        float end = (float)(Math.Max(1, Math.Ceiling(furthest / digit)) * digit);
        return new MapScale(ColorMaps.Diverging, -end, end);
    }

    private static RgbImage Grid((AttentionHead Head, double Value)[] heads, MapScale scale)
    {
        int layers = heads.Max(head => head.Head.Place.Layer) + 1, columns = heads.Max(head => head.Head.Head) + 1;
        Canvas canvas = new(new RgbImage(Left + (columns * CellWidth), Top + (layers * CellHeight)));
        canvas.Clear(Rgb.White);
        for (int column = 0; column < columns; column++)
        {
            Centred(canvas, Left + (column * CellWidth), 0, Top, string.Create(CultureInfo.InvariantCulture, $"head {column}"), Ink);
        }

        for (int layer = 0; layer < layers; layer++)
        {
            canvas.DrawText(0, Top + (layer * CellHeight) + 6, string.Create(CultureInfo.InvariantCulture, $"layer {layer}"), TextSize, Ink);
        }

        foreach ((AttentionHead head, double value) in heads)
        {
            (int left, int top) = (Left + (head.Head * CellWidth), Top + (head.Place.Layer * CellHeight));
            Rgb color = scale.Colors[scale.Share((float)value)];
            canvas.FillRectangle(left, top, left + CellWidth - 1, top + CellHeight - 1, color);
            Centred(canvas, left, top, CellHeight, Text(value), color.ReadableInk);
        }

        return canvas.Image;
    }

    /// <summary>Three decimals; what rounds to zero has no sign.</summary>
    private static string Text(double value) => (Math.Round(value, 3) + 0.0).ToString("0.000", CultureInfo.InvariantCulture);

    private static void Centred(Canvas canvas, int left, int top, int height, string text, Rgb color)
    {
        (float width, float lineHeight) = Canvas.MeasureText(text, TextSize);
        canvas.DrawText(left + ((CellWidth - width) / 2), top + ((height - lineHeight) / 2), text, TextSize, color);
    }
}
