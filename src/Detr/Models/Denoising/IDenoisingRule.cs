using Detr.Data;

namespace Detr.Models;

/// <summary>Makes denoising queries of a batch's objects: noised copies from which a decoder learns to restore them, without a matcher (Li et al. 2022, section 3).</summary>
public interface IDenoisingRule
{
    /// <summary>Makes the queries of a step.</summary>
    /// <param name="targets">The objects of each image.</param>
    /// <param name="classes">Classes, without no-object.</param>
    /// <param name="random">Gives uniform numbers in [0, 1), such as <see cref="Tensors.RandomStream.NextDouble"/>.</param>
    /// <returns>The queries; null where no image has an object.</returns>
    DenoisingQueries? Make(IReadOnlyList<BoxTargets> targets, int classes, Func<double> random);
}
