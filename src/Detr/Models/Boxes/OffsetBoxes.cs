using Detr.Tensors;

namespace Detr.Models;

/// <summary>Boxes that lie near their queries' reference points: what a head says is added to the points' logits.</summary>
/// <param name="head">From [batch, queries, channels] to offsets, [batch, queries, 4].</param>
/// <param name="epsilon">Keeps logits finite, see <see cref="ElementOperations.InverseSigmoid"/>.</param>
/// <param name="moves">
/// Whether each layer's boxes, read before the norm, are the next layer's points. That layer sees them as constants, but its prediction is an
/// offset from them with their gradient, so that it trains two layers: look forward twice (Zhang et al. 2022, DINO, section 3.5).
/// </param>
internal sealed class OffsetBoxes(Func<ForwardContext, Tensor, Tensor> head, float epsilon, bool moves) : IBoxPrediction
{
    /// <inheritdoc/>
    public Tensor Predict(ForwardContext context, int layer, Tensor values, ReferencePoints points)
        => context.BoxesNear(points.Base!, head(context, values), epsilon);

    /// <inheritdoc/>
    public ReferencePoints Move(ForwardContext context, int layer, Tensor x, Tensor? predicted, ReferencePoints points)
    {
        if (!moves)
        {
            return points;
        }

        Tensor moved = context.BoxesNear(points.Seen!, head(context, x), epsilon);
        return new ReferencePoints(context.Detach(moved), moved);
    }

    /// <inheritdoc/>
    /// <remarks>A cell's point is its middle.</remarks>
    public Tensor OfCells(ForwardContext context, ImageTokens cells) => context.BoxesNear(context.MiddlesOf(cells), head(context, cells.Values), epsilon);
}
