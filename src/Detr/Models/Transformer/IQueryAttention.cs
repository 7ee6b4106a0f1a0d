using Detr.Tensors;

namespace Detr.Models;

/// <summary>How queries look at each other.</summary>
internal interface IQueryAttention
{
    /// <summary>What each query gathers from the others.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="x">What the queries are, [batch, queries, channels].</param>
    /// <param name="inputs">What a decoder layer reads beside them.</param>
    /// <returns>[batch, queries, channels].</returns>
    Tensor Forward(ForwardContext context, Tensor x, DecoderLayerInputs inputs);
}
