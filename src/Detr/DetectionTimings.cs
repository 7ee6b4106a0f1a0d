namespace Detr;

/// <summary>Where the time of one picture went.</summary>
/// <param name="Resize">Bringing the picture to the model's size and its pixels to the model's numbers.</param>
/// <param name="Run">The model, from pixels to detections; in a detector's first pass with what <see cref="Detector.WarmUp"/> would have done.</param>
public readonly record struct DetectionTimings(TimeSpan Resize, TimeSpan Run);
