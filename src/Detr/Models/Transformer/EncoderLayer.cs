using Detr.Tensors;

namespace Detr.Models;

/// <summary>
/// Self-attention over the image's cells, then a feed-forward part, each with a residual and a norm (Carion et al. 2020,
/// figure 10). Positions are added to queries and keys, never to values.
/// </summary>
internal sealed class EncoderLayer
{
    private readonly ICellAttention _attention;
    private readonly FeedForward _feedForward;
    private readonly Residual _aroundAttention;
    private readonly Residual _aroundFeedForward;

    internal EncoderLayer(ParameterSet parameters, string name, TransformerOptions options, bool learnsSlope = false, DeformableOptions? deformable = null)
    {
        _attention = deformable is null ? new DenseCellAttention(parameters, name, options) : new DeformableCellAttention(parameters, name, options, deformable);
        _feedForward = new FeedForward(parameters, name, options.Channels, options.FeedForward, options.Dropout, learnsSlope);
        _aroundAttention = new Residual(parameters, $"{name}.norm1", options);
        _aroundFeedForward = new Residual(parameters, $"{name}.norm2", options);
    }

    internal Tensor Forward(ForwardContext context, Tensor x, Tensor position, EncoderLayerInputs inputs) => context.Recompute(
        [x, position, inputs.Middles], (Layer: this, X: x, Position: position, Inputs: inputs),
        static (context, part) => part.Layer.Compute(context, part.X, part.Position, part.Inputs));

    private Tensor Compute(ForwardContext context, Tensor x, Tensor position, EncoderLayerInputs inputs)
    {
        using Scope scope = context.Scope();
        x = _aroundAttention.Around(context, x, x => _attention.Forward(context, context.Add(x, position), x, inputs));
        return scope.Keep(_aroundFeedForward.Around(context, x, x => _feedForward.Forward(context, x)));
    }
}
