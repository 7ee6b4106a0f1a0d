using Detr.Tensors;

namespace Detr.Models;

/// <summary>Every query attends to every query. Positions are added to queries and keys, never to values.</summary>
internal sealed class DenseQueryAttention(ParameterSet parameters, string name, TransformerOptions options) : IQueryAttention
{
    private readonly MultiHeadAttention _attention = new(parameters, $"{name}.self_attn", options.Channels, options.Heads, options.Dropout);

    /// <inheritdoc/>
    public Tensor Forward(ForwardContext context, Tensor x, DecoderLayerInputs inputs)
    {
        using Scope scope = context.Scope();
        Tensor placed = context.Add(x, inputs.Position.Embedding);
        return scope.Keep(_attention.Forward(context, placed, placed, x, bias: inputs.SelfAttentionBias));
    }
}
