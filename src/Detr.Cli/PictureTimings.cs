namespace Detr.Cli;

/// <summary>Where the time of one picture went, in milliseconds.</summary>
/// <param name="Decode">Reading the file; done while the picture before went through the model.</param>
/// <param name="Resize">Bringing it to the model's size.</param>
/// <param name="Run">The model.</param>
/// <param name="Draw">Drawing boxes and writing the picture with them.</param>
internal sealed record PictureTimings(double Decode, double Resize, double Run, double Draw)
{
    /// <summary>From pixels to detections.</summary>
    internal double Detect => Resize + Run;
}
