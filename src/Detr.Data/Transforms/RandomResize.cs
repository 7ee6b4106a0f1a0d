using Detr.Imaging;
using Detr.Tensors;

namespace Detr.Data;

/// <summary>Brings the short side to one of several sizes, each with the same chance.</summary>
/// <param name="Sizes">The short sides, in pixels; at least one.</param>
/// <param name="MaximumSize">The long side's limit, in pixels, which wins; null for none.</param>
public sealed record RandomResize(IReadOnlyList<int> Sizes, int? MaximumSize) : ITransform
{
    /// <inheritdoc/>
    public (RgbImage Image, BoxTargets Targets) Apply(RgbImage image, BoxTargets targets, RandomStream random)
        => new ResizeShortSide(Sizes[random.Next(Sizes.Count)], MaximumSize).Apply(image, targets, random);
}
