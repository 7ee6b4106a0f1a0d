using Detr.Tensors;

namespace Detr.Models;

/// <summary>
/// One layer of a decoder: queries look at each other, then at the image, and a feed-forward part works on each, all with a residual and a norm
/// (Carion et al. 2020, figure 10).
/// </summary>
/// <param name="queries">How queries look at each other.</param>
/// <param name="image">How they look at the image.</param>
/// <param name="feedForward">What works on each.</param>
/// <param name="residuals">What stands around these three, in their order.</param>
internal sealed class DecoderLayer(IQueryAttention queries, IImageAttention image, FeedForward feedForward, (Residual Queries, Residual Image, Residual FeedForward) residuals)
{
    /// <summary>Whether it attends to the encoder's result with the cells' positions added (<see cref="DecoderLayerInputs.PlacedMemory"/>).</summary>
    internal bool ReadsPlacedMemory => image.ReadsPlacedMemory;

    /// <summary>What the queries become.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="x">What the queries are so far, [batch, queries, channels].</param>
    /// <param name="inputs">What the layer reads beside them.</param>
    /// <returns>[batch, queries, channels].</returns>
    internal Tensor Forward(ForwardContext context, Tensor x, DecoderLayerInputs inputs)
    {
        (QueryPosition position, ImageTokens memory) = (inputs.Position, inputs.Memory);
        return context.Recompute(
            [x, position.Embedding, position.Sine, memory.Values, memory.Position, inputs.PlacedMemory, inputs.Points, inputs.SelfAttentionBias],
            (Layer: this, X: x, Inputs: inputs),
            static (context, part) => part.Layer.Compute(context, part.X, part.Inputs));
    }

    private Tensor Compute(ForwardContext context, Tensor x, DecoderLayerInputs inputs)
    {
        using Scope scope = context.Scope();
        x = residuals.Queries.Around(context, x, x => queries.Forward(context, x, inputs));
        x = residuals.Image.Around(context, x, x => image.Forward(context, x, inputs));
        return scope.Keep(residuals.FeedForward.Around(context, x, x => feedForward.Forward(context, x)));
    }
}
