namespace Detr.Data.Evaluation;

/// <summary>A detected box in COCO's results format.</summary>
/// <param name="ImageId">The photograph's number.</param>
/// <param name="CategoryId">The category's number.</param>
/// <param name="Box">Where.</param>
/// <param name="Score">How sure, higher is surer.</param>
public readonly record struct DetectionResult(long ImageId, int CategoryId, ResultBox Box, double Score)
{
    /// <summary>Its pixels, where masks are scored.</summary>
    public RunLengthMask? Mask { get; init; }
}
