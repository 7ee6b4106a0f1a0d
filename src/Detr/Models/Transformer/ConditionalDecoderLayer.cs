using Detr.Tensors;

namespace Detr.Models;

/// <summary>
/// A decoder layer whose queries attend by content and by place apart (Meng et al. 2021, figure 2): self-attention, attention to the image, a
/// feed-forward part, each with a residual and a norm after it.
/// </summary>
internal sealed class ConditionalDecoderLayer : IDecoderLayer
{
    private readonly float _dropout;
    private readonly ConditionalSelfAttention _selfAttention;
    private readonly ConditionalCrossAttention _crossAttention;
    private readonly FeedForward _feedForward;
    private readonly LayerNorm _norm1;
    private readonly LayerNorm _norm2;
    private readonly LayerNorm _norm3;

    private ConditionalDecoderLayer(ParameterSet parameters, string name, TransformerOptions options, bool isFirst, bool learnsSlope)
    {
        _dropout = options.Dropout;
        _selfAttention = new ConditionalSelfAttention(parameters, name, options);
        _crossAttention = new ConditionalCrossAttention(parameters, name, options, isFirst);
        _feedForward = new FeedForward(parameters, name, options.Channels, options.FeedForward, options.Dropout, learnsSlope);
        _norm1 = new LayerNorm(parameters, $"{name}.norm1", options.Channels);
        _norm2 = new LayerNorm(parameters, $"{name}.norm2", options.Channels);
        _norm3 = new LayerNorm(parameters, $"{name}.norm3", options.Channels);
    }

    /// <summary>The layers of a decoder.</summary>
    /// <param name="parameters">Takes their parameters.</param>
    /// <param name="name">What stands before each layer's number.</param>
    /// <param name="options">The shape.</param>
    /// <param name="learnsSlope">Whether feed-forward parts have a PReLU instead of a ReLU.</param>
    internal static IEnumerable<ConditionalDecoderLayer> Stack(ParameterSet parameters, string name, TransformerOptions options, bool learnsSlope)
        => Enumerable.Range(0, options.DecoderLayers).Select(i => new ConditionalDecoderLayer(parameters, $"{name}.{i}", options, isFirst: i == 0, learnsSlope));

    /// <inheritdoc/>
    public bool ReadsPlacedMemory => false;

    /// <inheritdoc/>
    public Tensor Forward(ForwardContext context, Tensor x, DecoderLayerInputs inputs)
        => context.Recompute(
            [x, inputs.Position.Embedding, inputs.Position.Sine, inputs.Memory.Values, inputs.Memory.Position, inputs.SelfAttentionBias],
            (Layer: this, X: x, Inputs: inputs),
            static (context, part) => part.Layer.Compute(context, part.X, part.Inputs));

    private Tensor Compute(ForwardContext context, Tensor x, DecoderLayerInputs inputs)
    {
        using Scope scope = context.Scope();
        x = _norm1.Forward(context, Add(_selfAttention.Forward(context, x, inputs.Position.Embedding, inputs.SelfAttentionBias)));
        x = _norm2.Forward(context, Add(_crossAttention.Forward(context, x, inputs.Position, inputs.Memory)));
        return scope.Keep(_norm3.Forward(context, Add(_feedForward.Forward(context, x))));

        Tensor Add(Tensor result) => context.Add(x, context.Dropout(result, _dropout));
    }
}
