using Detr.Tensors;

namespace Detr.Models;

/// <summary>Every cell attends to every cell that is not padding.</summary>
internal sealed class DenseCellAttention(ParameterSet parameters, string name, TransformerOptions options) : ICellAttention
{
    private readonly MultiHeadAttention _attention = new(parameters, $"{name}.self_attn", options.Channels, options.Heads, options.Dropout);

    /// <inheritdoc/>
    public Tensor Forward(ForwardContext context, Tensor placed, Tensor x, EncoderLayerInputs inputs)
        => _attention.Forward(context, placed, placed, x, inputs.Tokens.Cells);
}
