using Detr.Imaging;
using Detr.Tensors;

namespace Detr.Data;

/// <summary>One of several sequences of transforms, each with the same chance.</summary>
/// <param name="Choices">The sequences; at least one.</param>
public sealed record RandomChoice(IReadOnlyList<IReadOnlyList<ITransform>> Choices) : ITransform
{
    /// <inheritdoc/>
    public (RgbImage Image, BoxTargets Targets) Apply(RgbImage image, BoxTargets targets, RandomStream random)
    {
        foreach (ITransform transform in Choices[random.Next(Choices.Count)])
        {
            (image, targets) = transform.Apply(image, targets, random);
        }

        return (image, targets);
    }
}
