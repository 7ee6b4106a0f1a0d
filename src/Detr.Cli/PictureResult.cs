namespace Detr.Cli;

/// <summary>What was found in one picture.</summary>
internal sealed record PictureResult(
    string File, int Width, int Height, IReadOnlyList<Detection> Detections, PictureTimings Timings);
