using Detr.Data.Evaluation;

namespace Detr.Figures;

/// <summary>A picture's objects and detections, sorted by whether they found each other.</summary>
/// <param name="Found">Objects that were found.</param>
/// <param name="Missed">Objects that were not.</param>
/// <param name="Right">Detections that found an object.</param>
/// <param name="Wrong">Detections that found none.</param>
public sealed record SortedDetections(
    IReadOnlyList<TrueObject> Found, IReadOnlyList<TrueObject> Missed, IReadOnlyList<DetectionResult> Right, IReadOnlyList<DetectionResult> Wrong);
