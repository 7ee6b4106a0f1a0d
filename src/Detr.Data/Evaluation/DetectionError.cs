namespace Detr.Data.Evaluation;

/// <summary>A detection that found nothing, or an object that was not found.</summary>
/// <param name="Kind">What went wrong.</param>
/// <param name="ImageId">The photograph's number.</param>
/// <param name="Object">The object that was missed, or that the wrong detection overlaps most; null where there is none.</param>
/// <param name="Detection">The wrong detection, or the one that comes nearest to the object; null where there is none.</param>
/// <param name="Overlap">The IoU of both, or 0.</param>
public sealed record DetectionError(ErrorKind Kind, long ImageId, TrueObject? Object, DetectionResult? Detection, double Overlap);
