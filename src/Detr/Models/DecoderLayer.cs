using Detr.Tensors;

namespace Detr.Models;

/// <summary>
/// Self-attention among the object queries, cross-attention to the image, then a feed-forward part, each with a residual
/// and a norm (Carion et al. 2020, figure 10).
/// </summary>
internal sealed class DecoderLayer
{
    private readonly TransformerOptions _options;
    private readonly MultiHeadAttention _selfAttention;
    private readonly MultiHeadAttention _crossAttention;
    private readonly FeedForward _feedForward;
    private readonly LayerNorm _norm1;
    private readonly LayerNorm _norm2;
    private readonly LayerNorm _norm3;

    internal DecoderLayer(ParameterSet parameters, string name, TransformerOptions options)
    {
        _options = options;
        _selfAttention = new MultiHeadAttention(parameters, $"{name}.self_attn", options.Channels, options.Heads, options.Dropout);
        _crossAttention = new MultiHeadAttention(parameters, $"{name}.multihead_attn", options.Channels, options.Heads, options.Dropout);
        _feedForward = new FeedForward(parameters, name, options.Channels, options.FeedForward, options.Dropout);
        _norm1 = new LayerNorm(parameters, $"{name}.norm1", options.Channels);
        _norm2 = new LayerNorm(parameters, $"{name}.norm2", options.Channels);
        _norm3 = new LayerNorm(parameters, $"{name}.norm3", options.Channels);
    }

    /// <summary>One layer.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="x">[batch, queries, channels].</param>
    /// <param name="queryPosition">The object queries, [1, queries, channels].</param>
    /// <param name="memory">The encoder's result, [batch, cells, channels].</param>
    /// <param name="placedMemory">The same with positions added.</param>
    /// <param name="padding">Which cells are padding.</param>
    internal Tensor Forward(ForwardContext context, Tensor x, Tensor queryPosition, Tensor memory, Tensor placedMemory, PaddingMask padding)
        => context.Recompute(
            [x, queryPosition, memory, placedMemory], (Layer: this, X: x, QueryPosition: queryPosition, Memory: memory, PlacedMemory: placedMemory, Padding: padding),
            static (context, part) => part.Layer.Compute(context, part.X, part.QueryPosition, part.Memory, part.PlacedMemory, part.Padding));

    private Tensor Compute(ForwardContext context, Tensor x, Tensor queryPosition, Tensor memory, Tensor placedMemory, PaddingMask padding)
    {
        using Scope scope = context.Scope();
        if (_options.PreNorm)
        {
            x = context.Add(x, AttendToQueries(context, _norm1.Forward(context, x), queryPosition));
            x = context.Add(x, AttendToImage(context, _norm2.Forward(context, x), queryPosition, memory, placedMemory, padding));
            return scope.Keep(context.Add(x, Transform(context, _norm3.Forward(context, x))));
        }

        x = _norm1.Forward(context, context.Add(x, AttendToQueries(context, x, queryPosition)));
        x = _norm2.Forward(context, context.Add(x, AttendToImage(context, x, queryPosition, memory, placedMemory, padding)));
        return scope.Keep(_norm3.Forward(context, context.Add(x, Transform(context, x))));
    }

    private Tensor AttendToQueries(ForwardContext context, Tensor x, Tensor queryPosition)
    {
        Tensor placed = context.Add(x, queryPosition);
        return context.Dropout(_selfAttention.Forward(context, placed, placed, x), _options.Dropout);
    }

    private Tensor AttendToImage(ForwardContext context, Tensor x, Tensor queryPosition, Tensor memory, Tensor placedMemory, PaddingMask padding)
        => context.Dropout(_crossAttention.Forward(context, context.Add(x, queryPosition), placedMemory, memory, padding), _options.Dropout);

    private Tensor Transform(ForwardContext context, Tensor x) => context.Dropout(_feedForward.Forward(context, x), _options.Dropout);
}
