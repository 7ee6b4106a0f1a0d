using Detr.Tensors;

namespace Detr.Models;

/// <summary>How an encoder's cells look at each other.</summary>
internal interface ICellAttention
{
    /// <summary>What each cell gathers from the others.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="placed">The cells with their positions added, [batch, cells, channels].</param>
    /// <param name="x">The cells.</param>
    /// <param name="inputs">How they lie.</param>
    /// <returns>[batch, cells, channels].</returns>
    Tensor Forward(ForwardContext context, Tensor placed, Tensor x, EncoderLayerInputs inputs);
}
