using Detr.Tensors;

namespace Detr.Models;

/// <summary>
/// Self-attention among the object queries, cross-attention to the image, then a feed-forward part, each with a residual
/// and a norm (Carion et al. 2020, figure 10).
/// </summary>
internal sealed class DecoderLayer : IDecoderLayer
{
    private readonly TransformerOptions _options;
    private readonly MultiHeadAttention _selfAttention;
    private readonly IImageAttention _crossAttention;
    private readonly FeedForward _feedForward;
    private readonly LayerNorm _norm1;
    private readonly LayerNorm _norm2;
    private readonly LayerNorm _norm3;

    internal DecoderLayer(ParameterSet parameters, string name, TransformerOptions options, DeformableOptions? deformable = null)
    {
        _options = options;
        _selfAttention = new MultiHeadAttention(parameters, $"{name}.self_attn", options.Channels, options.Heads, options.Dropout);
        _crossAttention = deformable is null ? new DenseImageAttention(parameters, name, options) : new DeformableImageAttention(parameters, name, options, deformable);
        _feedForward = new FeedForward(parameters, name, options.Channels, options.FeedForward, options.Dropout);

        // The authors of Deformable DETR count the norms in another order.
        _norm1 = new LayerNorm(parameters, deformable is null ? $"{name}.norm1" : $"{name}.norm2", options.Channels);
        _norm2 = new LayerNorm(parameters, deformable is null ? $"{name}.norm2" : $"{name}.norm1", options.Channels);
        _norm3 = new LayerNorm(parameters, $"{name}.norm3", options.Channels);
    }

    /// <summary>The layers of a decoder.</summary>
    /// <param name="parameters">Takes their parameters.</param>
    /// <param name="name">What stands before each layer's number.</param>
    /// <param name="options">The shape.</param>
    /// <param name="deformable">Where attention to the image samples; null where it is to all cells.</param>
    internal static IEnumerable<DecoderLayer> Stack(ParameterSet parameters, string name, TransformerOptions options, DeformableOptions? deformable = null)
        => Enumerable.Range(0, options.DecoderLayers).Select(i => new DecoderLayer(parameters, $"{name}.{i}", options, deformable));

    /// <inheritdoc/>
    public bool ReadsPlacedMemory => _crossAttention.ReadsPlacedMemory;

    /// <inheritdoc/>
    public Tensor Forward(ForwardContext context, Tensor x, DecoderLayerInputs inputs)
        => context.Recompute(
            [x, inputs.Position.Embedding, inputs.Memory.Values, inputs.PlacedMemory, inputs.Points, inputs.SelfAttentionBias], (Layer: this, X: x, Inputs: inputs),
            static (context, part) => part.Layer.Compute(context, part.X, part.Inputs));

    private Tensor Compute(ForwardContext context, Tensor x, DecoderLayerInputs inputs)
    {
        using Scope scope = context.Scope();
        if (_options.PreNorm)
        {
            x = context.Add(x, AttendToQueries(context, _norm1.Forward(context, x), inputs));
            x = context.Add(x, AttendToImage(context, _norm2.Forward(context, x), inputs));
            return scope.Keep(context.Add(x, Transform(context, _norm3.Forward(context, x))));
        }

        x = _norm1.Forward(context, context.Add(x, AttendToQueries(context, x, inputs)));
        x = _norm2.Forward(context, context.Add(x, AttendToImage(context, x, inputs)));
        return scope.Keep(_norm3.Forward(context, context.Add(x, Transform(context, x))));
    }

    private Tensor AttendToQueries(ForwardContext context, Tensor x, DecoderLayerInputs inputs)
    {
        Tensor placed = context.Add(x, inputs.Position.Embedding);
        return context.Dropout(_selfAttention.Forward(context, placed, placed, x, bias: inputs.SelfAttentionBias), _options.Dropout);
    }

    private Tensor AttendToImage(ForwardContext context, Tensor x, DecoderLayerInputs inputs)
    {
        Tensor placed = context.Add(x, inputs.Position.Embedding);
        return context.Dropout(_crossAttention.Forward(context, placed, inputs), _options.Dropout);
    }

    private Tensor Transform(ForwardContext context, Tensor x) => context.Dropout(_feedForward.Forward(context, x), _options.Dropout);
}
