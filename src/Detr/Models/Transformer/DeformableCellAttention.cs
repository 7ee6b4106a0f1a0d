using Detr.Tensors;

namespace Detr.Models;

/// <summary>Every cell samples a few places around it, on all levels (Zhu et al. 2021, section 4.1).</summary>
internal sealed class DeformableCellAttention(ParameterSet parameters, string name, TransformerOptions options, DeformableOptions deformable) : ICellAttention
{
    private readonly MultiScaleDeformableAttention _attention = new(
        parameters, $"{name}.self_attn", options.Channels, options.Heads, deformable.Levels, deformable.Points);

    /// <inheritdoc/>
    public Tensor Forward(ForwardContext context, Tensor placed, Tensor x, EncoderLayerInputs inputs)
        => _attention.Forward(context, placed, inputs.Middles!, x, inputs.Tokens.Sizes, inputs.Tokens.AllCells);
}
