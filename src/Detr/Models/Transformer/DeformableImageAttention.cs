using Detr.Tensors;

namespace Detr.Models;

/// <summary>Every query samples a few places around its reference point, or within its reference box, on all levels (Zhu et al. 2021, section 4.1).</summary>
internal sealed class DeformableImageAttention(ParameterSet parameters, string name, TransformerOptions options, DeformableOptions deformable) : IImageAttention
{
    private readonly MultiScaleDeformableAttention _attention = new(
        parameters, $"{name}.cross_attn", options.Channels, options.Heads, deformable.Levels, deformable.Points);

    /// <inheritdoc/>
    public bool ReadsPlacedMemory => false;

    /// <inheritdoc/>
    public Tensor Forward(ForwardContext context, Tensor x, DecoderLayerInputs inputs)
    {
        using Scope scope = context.Scope();
        ImageTokens memory = inputs.Memory;
        Tensor placed = context.Add(x, inputs.Position.Embedding);
        Tensor references = LevelPlaces.OnLevels(context, inputs.Points!, memory.Levels);
        return scope.Keep(_attention.Forward(context, placed, references, memory.Values, memory.Sizes, memory.AllCells));
    }
}
