using Detr.Tensors;

namespace Detr.Models;

/// <summary>
/// Self-attention over the image's cells, then a feed-forward part, each with a residual and a norm (Carion et al. 2020,
/// figure 10). Positions are added to queries and keys, never to values.
/// </summary>
internal sealed class EncoderLayer
{
    private readonly TransformerOptions _options;
    private readonly ICellAttention _selfAttention;
    private readonly FeedForward _feedForward;
    private readonly LayerNorm _norm1;
    private readonly LayerNorm _norm2;

    internal EncoderLayer(ParameterSet parameters, string name, TransformerOptions options, bool learnsSlope = false, DeformableOptions? deformable = null)
    {
        _options = options;
        _selfAttention = deformable is null ? new DenseCellAttention(parameters, name, options) : new DeformableCellAttention(parameters, name, options, deformable);
        _feedForward = new FeedForward(parameters, name, options.Channels, options.FeedForward, options.Dropout, learnsSlope);
        _norm1 = new LayerNorm(parameters, $"{name}.norm1", options.Channels);
        _norm2 = new LayerNorm(parameters, $"{name}.norm2", options.Channels);
    }

    internal Tensor Forward(ForwardContext context, Tensor x, Tensor position, EncoderLayerInputs inputs)
        => context.Recompute([x, position, inputs.Middles], (Layer: this, X: x, Position: position, Inputs: inputs), static (context, part) => part.Layer.Compute(context, part.X, part.Position, part.Inputs));

    private Tensor Compute(ForwardContext context, Tensor x, Tensor position, EncoderLayerInputs inputs)
    {
        using Scope scope = context.Scope();
        if (_options.PreNorm)
        {
            x = context.Add(x, Attend(context, _norm1.Forward(context, x), position, inputs));
            return scope.Keep(context.Add(x, Transform(context, _norm2.Forward(context, x))));
        }

        x = _norm1.Forward(context, context.Add(x, Attend(context, x, position, inputs)));
        return scope.Keep(_norm2.Forward(context, context.Add(x, Transform(context, x))));
    }

    private Tensor Attend(ForwardContext context, Tensor x, Tensor position, EncoderLayerInputs inputs)
    {
        Tensor placed = context.Add(x, position);
        return context.Dropout(_selfAttention.Forward(context, placed, x, inputs), _options.Dropout);
    }

    private Tensor Transform(ForwardContext context, Tensor x) => context.Dropout(_feedForward.Forward(context, x), _options.Dropout);
}
