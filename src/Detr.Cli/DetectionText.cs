namespace Detr.Cli;

/// <summary>Detections as plain lines: the console package would take longer to start than to say them.</summary>
internal static class DetectionText
{
    internal static void Print(PictureResult result)
    {
        Console.WriteLine($"{result.File} {result.Width} × {result.Height}, {result.Detections.Count} {(result.Detections.Count == 1 ? "object" : "objects")}, {result.Timings.Detect:F0} ms");
        foreach (Detection detection in result.Detections)
        {
            Console.WriteLine($"  {detection.Label} {detection.Score:F2} at {detection.X0:F0}, {detection.Y0:F0}, {detection.X1:F0}, {detection.Y1:F0}");
        }
    }
}
