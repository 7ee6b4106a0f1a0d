using Detr.Imaging;

namespace Detr.Cli;

/// <summary>A picture and the detector that is to look at it.</summary>
/// <param name="File">The picture's file.</param>
/// <param name="Image">The picture.</param>
/// <param name="Milliseconds">How long reading it took.</param>
/// <param name="Detector">The detector.</param>
internal sealed record OpenPicture(string File, RgbImage Image, double Milliseconds, Detector Detector) : IDisposable
{
    public void Dispose() => Detector.Dispose();
}
