using Detr.Imaging;
using Detr.Tensors;

namespace Detr.Data;

/// <summary>Brings the short side to one size, as evaluation does; boxes are relative and stay.</summary>
/// <param name="Size">The short side, in pixels.</param>
/// <param name="MaximumSize">The long side's limit, in pixels, which wins; null for none.</param>
public sealed record ResizeShortSide(int Size, int? MaximumSize) : ITransform
{
    /// <inheritdoc/>
    public (RgbImage Image, BoxTargets Targets) Apply(RgbImage image, BoxTargets targets, RandomStream random)
    {
        (int width, int height) = ResizeRules.ShortSide(image.Width, image.Height, Size, MaximumSize);
        return width == image.Width && height == image.Height ? (image, targets) : (ImageResizer.Resize(image, width, height), targets);
    }
}
