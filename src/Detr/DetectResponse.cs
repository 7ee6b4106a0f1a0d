namespace Detr;

/// <summary>What was found in a picture, and how long it took.</summary>
/// <param name="Detections">The objects, the surest first; with a threshold of 0 every query's, in query order.</param>
/// <param name="Timings">How long the parts took.</param>
public sealed record DetectResponse(IReadOnlyList<Detection> Detections, DetectionTimings Timings);
