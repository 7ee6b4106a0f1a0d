using Detr.Tensors;

namespace Detr.Models;

/// <summary>How queries look at the image.</summary>
internal interface IImageAttention
{
    /// <summary>Whether it attends to the encoder's result with the cells' positions added (<see cref="DecoderLayerInputs.PlacedMemory"/>).</summary>
    bool ReadsPlacedMemory { get; }

    /// <summary>What each query gathers from the encoder's result.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="x">What the queries are, [batch, queries, channels].</param>
    /// <param name="inputs">What a decoder layer reads beside them.</param>
    /// <returns>[batch, queries, channels].</returns>
    Tensor Forward(ForwardContext context, Tensor x, DecoderLayerInputs inputs);
}
