using Detr.Explain;
using Detr.Imaging;

namespace Detr.Figures;

/// <summary>
/// What encoder and decoder each do for an object (Carion et al. 2020, section 4.2): the encoder sets the whole instance apart, the
/// decoder looks at its extremities, such as heads and legs, which decide class and box.
/// </summary>
public static class ExtremitiesFigure
{
    private const int Side = 360;

    // The outer half of the box's area: its frame that leaves a box of √½ the sides.
    private static readonly double InnerShare = Math.Sqrt(0.5);

    /// <summary>How much of a map lies on a detection's box, and how much of that on the outer half of the box's area.</summary>
    /// <param name="map">[rows, columns] of the placement; at least 0.</param>
    /// <param name="placement">Where the map's cells lie.</param>
    /// <param name="detection">The detection.</param>
    /// <param name="width">Pixels in a row of the original.</param>
    /// <param name="height">Its rows.</param>
    /// <returns>Shares from 0 to 1; 0 where there is nothing to share. A map that is even over the box has half in the outer half.</returns>
    public static (double InBox, double AtExtremities) Shares(ReadOnlySpan<float> map, MapPlacement placement, Detection detection, int width, int height)
    {
        float[] pixels = placement.Enlarge(map, width, height);
        double middleX = (detection.X0 + detection.X1) / 2.0, middleY = (detection.Y0 + detection.Y1) / 2.0;
        double halfX = (detection.X1 - detection.X0) / 2.0, halfY = (detection.Y1 - detection.Y0) / 2.0;
        double all = 0, inBox = 0, inner = 0;
        for (int i = 0; i < pixels.Length; i++)
        {
            (int y, int x) = Math.DivRem(i, width);
            double across = Math.Abs(x + 0.5 - middleX) / halfX, down = Math.Abs(y + 0.5 - middleY) / halfY, furthest = Math.Max(across, down);
            all += pixels[i];
            inBox += furthest <= 1 ? pixels[i] : 0;
            inner += furthest <= InnerShare ? pixels[i] : 0;
        }

        return (all > 0 ? inBox / all : 0, inBox > 0 ? (inBox - inner) / inBox : 0);
    }

    /// <summary>Draws both attentions side by side, over the object and with its box.</summary>
    /// <param name="image">The upright original; left as it is.</param>
    /// <param name="placement">Where the maps' cells lie on it.</param>
    /// <param name="detection">The object.</param>
    /// <param name="decoder">The query's attention to the image, [rows, columns] of the placement.</param>
    /// <param name="decoderDescription">Which it is.</param>
    /// <param name="encoder">What the cells attend to: as many queries as keys, one for each cell; the object's middle is looked at.</param>
    /// <param name="encoderDescription">Which it is.</param>
    /// <exception cref="ArgumentException">A map is of another size.</exception>
    public static RgbImage Draw(
        RgbImage image, MapPlacement placement, Detection detection,
        ReadOnlySpan<float> decoder, MapDescription decoderDescription, AttentionMap encoder, MapDescription encoderDescription)
    {
        (double x, double y) = ((detection.X0 + detection.X1) / 2.0, (detection.Y0 + detection.Y1) / 2.0);
        int cell = placement.CellAt(x, y, image.Width, image.Height);
        if (encoder.Queries != placement.Rows * placement.Columns)
        {
            throw new ArgumentException($"An attention of {encoder.Queries} queries is not one of {placement.Rows} × {placement.Columns} cells.", nameof(encoder));
        }

        (double cellX, double cellY) = placement.Centre(cell / placement.Columns, cell % placement.Columns, image.Width, image.Height);
        MapScale decoderScale = MapScale.Of(decoder), encoderScale = MapScale.Of(encoder.Row(cell));
        FigurePicture photograph = new(image, Side);
        return PanelGrid.Draw(
            FigureText.Name(detection),
            [[
                new(photograph.Copy().Under(decoder, placement, decoderScale).Box(detection, PanelGrid.BoxColor).Image, Caption(decoderDescription, decoderScale, Shares(decoder, placement, detection, image.Width, image.Height))),
                new(photograph.Copy().Under(encoder.Row(cell), placement, encoderScale).Box(detection, PanelGrid.BoxColor).Point(cellX, cellY, PointColor).Image, Caption(encoderDescription, encoderScale, Shares(encoder.Row(cell), placement, detection, image.Width, image.Height))),
            ]],
            FigureText.EachScale("attention"), [(PanelGrid.BoxColor, "box of the query"), (PointColor, "cell in the object's middle")]);
    }

    private static Rgb PointColor => Palette.ForIndex(0);

    private static string Caption(MapDescription description, MapScale scale, (double InBox, double AtExtremities) shares)
        => FormattableString.Invariant($"{description} · {FigureText.Largest(scale)}\n{shares.InBox:P0} in the box, of that {shares.AtExtremities:P0} in its outer half").Replace(" %", "%", StringComparison.Ordinal);
}
