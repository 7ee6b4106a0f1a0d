using Detr.Imaging;
using Detr.Tensors.Checkpoints;

namespace Detr.Data;

/// <summary>Pictures as files, each of which appears whole or not at all.</summary>
public static class PngFile
{
    /// <summary>Writes a picture as PNG. A full disk or the end of the process leaves what was there; only a power failure may not.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="path">The file, which is replaced if it is there.</param>
    /// <exception cref="IOException">The file cannot be written; what was there before is untouched.</exception>
    public static void Write(RgbImage image, string path)
        => AtomicFile.Write(path, stream => PngEncoder.Write(image, stream), isDurable: false);
}
