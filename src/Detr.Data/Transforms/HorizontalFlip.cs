using Detr.Imaging;
using Detr.Tensors;

namespace Detr.Data;

/// <summary>Turns left and right around with a chance.</summary>
/// <param name="Chance">From 0 to 1.</param>
public sealed record HorizontalFlip(double Chance = 0.5) : ITransform
{
    /// <inheritdoc/>
    public (RgbImage Image, BoxTargets Targets) Apply(RgbImage image, BoxTargets targets, RandomStream random)
        => random.NextDouble() < Chance ? (ImageTransforms.FlipHorizontal(image), TargetBuilder.FlipHorizontal(targets)) : (image, targets);
}
