using Detr.Tensors;

namespace Detr.Models;

/// <summary>Every query attends to every cell that is not padding.</summary>
internal sealed class DenseImageAttention(ParameterSet parameters, string name, TransformerOptions options) : IImageAttention
{
    private readonly MultiHeadAttention _attention = new(parameters, $"{name}.multihead_attn", options.Channels, options.Heads, options.Dropout);

    /// <inheritdoc/>
    public bool ReadsPlacedMemory => true;

    /// <inheritdoc/>
    public Tensor Forward(ForwardContext context, Tensor x, DecoderLayerInputs inputs)
    {
        using Scope scope = context.Scope();
        Tensor placed = context.Add(x, inputs.Position.Embedding);
        return scope.Keep(_attention.Forward(context, placed, inputs.PlacedMemory!, inputs.Memory.Values, inputs.Memory.Cells));
    }
}
