using Detr.Tensors;

namespace Detr.Models;

/// <summary>Lets an image's cells look at each other.</summary>
internal interface IEncoder
{
    /// <summary>What the cells have become: DETR's memory.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="tokens">The cells, with their positions as attention adds them.</param>
    /// <returns>[batch, cells, channels].</returns>
    Tensor Forward(ForwardContext context, ImageTokens tokens);
}
