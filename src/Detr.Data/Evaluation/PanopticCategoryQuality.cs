namespace Detr.Data.Evaluation;

/// <summary>One category's panoptic quality (Kirillov et al. 2019, section 4).</summary>
/// <param name="Category">The category.</param>
/// <param name="Matched">True segments that were found: TP.</param>
/// <param name="Invented">Predicted segments that are none: FP.</param>
/// <param name="Missed">True segments that were not found: FN.</param>
/// <param name="IntersectionOverUnion">The sum over the found ones.</param>
public sealed record PanopticCategoryQuality(PanopticCategory Category, int Matched, int Invented, int Missed, double IntersectionOverUnion)
{
    /// <summary>Panoptic quality, ΣIoU / (TP + FP/2 + FN/2); null where there is no segment, true or predicted.</summary>
    public double? PQ => HasSegments ? IntersectionOverUnion / Weight : null;

    /// <summary>Segmentation quality, the mean IoU of what was found: ΣIoU / TP; 0 where nothing was.</summary>
    public double? SQ => HasSegments ? IntersectionOverUnion / Math.Max(1, Matched) : null;

    /// <summary>Recognition quality, an F1 score: TP / (TP + FP/2 + FN/2).</summary>
    public double? RQ => HasSegments ? Matched / Weight : null;

    private bool HasSegments => Matched + Invented + Missed > 0;

    private double Weight => Matched + (0.5 * Invented) + (0.5 * Missed);
}
