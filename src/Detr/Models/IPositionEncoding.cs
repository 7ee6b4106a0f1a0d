using Detr.Tensors;

namespace Detr.Models;

/// <summary>Tells tokens where they are.</summary>
public interface IPositionEncoding
{
    /// <summary>The encoding of each cell.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="mask">Which cells of the feature map are padding.</param>
    /// <returns>[batch, height · width, channels].</returns>
    Tensor Forward(ForwardContext context, PaddingMask mask);
}
