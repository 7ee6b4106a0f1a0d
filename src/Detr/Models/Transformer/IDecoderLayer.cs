using Detr.Tensors;

namespace Detr.Models;

/// <summary>One layer of a decoder: queries look at each other, then at the image.</summary>
internal interface IDecoderLayer
{
    /// <summary>Whether it attends to the encoder's result with the cells' positions added (<see cref="DecoderLayerInputs.PlacedMemory"/>).</summary>
    bool ReadsPlacedMemory { get; }

    /// <summary>One layer.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="x">What the queries are so far, [batch, queries, channels].</param>
    /// <param name="inputs">What the layer reads beside them.</param>
    /// <returns>[batch, queries, channels].</returns>
    Tensor Forward(ForwardContext context, Tensor x, DecoderLayerInputs inputs);
}
