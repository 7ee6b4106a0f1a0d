using Detr.Imaging;

namespace Detr.Figures;

/// <summary>
/// An image's answer is a set (Carion et al. 2020, section 3): every object query's box, and beside it those that are left when queries
/// that answer no-object are passed over. Nothing else comes in between.
/// </summary>
public static class SetPredictionFigure
{
    private const int Side = 420;

    // A query that answers no-object for sure has a box too; it stays visible.
    private const float LeastOpacity = 0.15f;

    /// <summary>Draws both panels; boxes are in the colour of the best class, the fainter the less sure.</summary>
    /// <param name="image">The upright original; left as it is.</param>
    /// <param name="detections">Every query's detection, in any order.</param>
    /// <param name="threshold">The least score of those that are kept, from 0 to 1.</param>
    public static RgbImage Draw(RgbImage image, IReadOnlyList<Detection> detections, float threshold)
    {
        FigurePicture photograph = new(image, Side);
        Detection[] kept = [.. detections.Where(detection => detection.Score >= threshold)];
        (Rgb Color, string Meaning)[] legend =
        [
            .. detections.DistinctBy(detection => detection.LabelId).OrderBy(detection => detection.LabelId).Select(detection => (ColorOf(detection), FigureText.Label(detection))),
        ];
        return PanelGrid.Draw(
            "Detection as the prediction of a set",
            [[
                new(Boxes(photograph, detections, detection => Math.Max(LeastOpacity, detection.Score)), $"{Count(detections.Count)}, each with its best class\nthe fainter, the less sure"),
                new(Boxes(photograph, kept, _ => 1), FormattableString.Invariant($"{Count(kept.Length)} with a score of {threshold:0.##} or more\nall others answer no-object")),
            ]],
            scale: null, legend);
    }

    private static RgbImage Boxes(FigurePicture photograph, IEnumerable<Detection> detections, Func<Detection, float> opacity)
    {
        FigurePicture picture = photograph.Copy();
        foreach (Detection detection in detections.OrderBy(detection => detection.Score))
        {
            picture.Box(detection, ColorOf(detection), opacity(detection));
        }

        return picture.Image;
    }

    private static string Count(int queries) => queries == 1 ? "1 object query" : FormattableString.Invariant($"{queries} object queries");

    private static Rgb ColorOf(Detection detection) => Palette.ForIndex(Math.Max(0, detection.LabelId));
}
