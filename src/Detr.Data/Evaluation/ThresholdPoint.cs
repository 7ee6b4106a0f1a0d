namespace Detr.Data.Evaluation;

/// <summary>What is found with a score threshold, counted.</summary>
/// <param name="Threshold">The least score of a detection that counts.</param>
/// <param name="Right">Detections that found an object.</param>
/// <param name="Wrong">Detections that found none.</param>
/// <param name="Missed">Objects that were not found.</param>
public readonly record struct ThresholdPoint(double Threshold, int Right, int Wrong, int Missed)
{
    /// <summary>The share of detections that are right, or null without a detection.</summary>
    public double? Precision => Right + Wrong == 0 ? null : (double)Right / (Right + Wrong);

    /// <summary>The share of objects that were found, or null without an object.</summary>
    public double? Recall => Right + Missed == 0 ? null : (double)Right / (Right + Missed);

    /// <summary>The harmonic mean of precision and recall, 2·right / (2·right + wrong + missed), or null without an object.</summary>
    public double? F1 => Right + Missed == 0 ? null : 2.0 * Right / ((2.0 * Right) + Wrong + Missed);
}
