using Detr.Explain;
using Detr.Imaging;

namespace Detr.Figures;

/// <summary>What some points of a photograph attend to in the encoder, which sets instances apart before any query looks (Carion et al. 2020, figure 3).</summary>
public static class ReferencePointFigure
{
    private const int Side = 260;

    /// <summary>Four points around a picture's middle, in its pixels.</summary>
    /// <param name="width">Pixels in a row of the picture.</param>
    /// <param name="height">Its rows.</param>
    public static IReadOnlyList<(float X, float Y)> Around(int width, int height)
        => [(width * 0.3f, height * 0.3f), (width * 0.7f, height * 0.3f), (width * 0.3f, height * 0.7f), (width * 0.7f, height * 0.7f)];

    /// <summary>Draws the picture with its points, and for each point the attention of the cell that it lies in.</summary>
    /// <param name="image">The upright original; left as it is.</param>
    /// <param name="placement">Where cells lie on it.</param>
    /// <param name="attention">What each cell attends to: as many queries as keys, one for each cell of the placement.</param>
    /// <param name="points">The points, in pixels of the original; each stands for the cell whose centre is nearest, and is drawn there.</param>
    /// <param name="description">Which attention it is.</param>
    /// <exception cref="ArgumentException">The attention is not among the placement's cells.</exception>
    public static RgbImage Draw(
        RgbImage image, MapPlacement placement, AttentionMap attention, IReadOnlyList<(float X, float Y)> points, MapDescription description)
    {
        int cells = placement.Rows * placement.Columns;
        if (attention.Queries != cells || attention.Keys != cells)
        {
            throw new ArgumentException($"An attention of {attention.Queries} queries to {attention.Keys} keys is not one among {placement.Rows} × {placement.Columns} cells.", nameof(attention));
        }

        FigurePicture photograph = new(image, Side), all = photograph.Copy();
        List<PanelGrid.Panel> panels = [];
        for (int i = 0; i < points.Count; i++)
        {
            int cell = placement.CellAt(points[i].X, points[i].Y, image.Width, image.Height);
            (int row, int column) = Math.DivRem(cell, placement.Columns);
            (double x, double y) = placement.Centre(row, column, image.Width, image.Height);
            ReadOnlySpan<float> map = attention.Row(cell);
            MapScale scale = MapScale.Of(map);
            Rgb color = Palette.ForIndex(i);
            all.Point(x, y, color);
            panels.Add(new(
                photograph.Copy().Under(map, placement, scale).Point(x, y, color).Image,
                FormattableString.Invariant($"point {i + 1}: cell ({row}, {column}) · {FigureText.Largest(scale)}")));
        }

        return PanelGrid.Draw(
            description.ToString(), [[new(all.Image, FormattableString.Invariant($"a cell: {placement.Stride} pixels of {placement.ModelWidth} × {placement.ModelHeight}")), .. panels]],
            FigureText.EachScale(description.Method), [.. Enumerable.Range(0, points.Count).Select(i => (Palette.ForIndex(i), FormattableString.Invariant($"point {i + 1}")))]);
    }
}
