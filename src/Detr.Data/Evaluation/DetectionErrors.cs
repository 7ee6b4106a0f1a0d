namespace Detr.Data.Evaluation;

/// <summary>What went wrong at IoU 0.50 and one score threshold.</summary>
/// <param name="Threshold">The least score of a detection that counts.</param>
/// <param name="Confusion">What objects were taken for.</param>
/// <param name="Missed">Objects that were not found, the largest first.</param>
/// <param name="Invented">Detections that found nothing, the surest first.</param>
public sealed record DetectionErrors(double Threshold, ConfusionMatrix Confusion, IReadOnlyList<DetectionError> Missed, IReadOnlyList<DetectionError> Invented);
