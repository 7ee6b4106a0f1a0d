using Detr.Tensors;

namespace Detr.Models;

/// <summary>
/// Each layer moves the boxes of the one before (Zhu et al. 2021, section 4.2): box = σ(head(x) + σ⁻¹(reference)), which is the next
/// layer's reference as a constant.
/// </summary>
/// <param name="heads">One a decoder layer.</param>
/// <param name="epsilon">Keeps logits finite, see <see cref="ElementOperations.InverseSigmoid"/>.</param>
internal sealed class RefinedBoxes(IReadOnlyList<MultiLayerPerceptron> heads, float epsilon) : IBoxPrediction
{
    /// <inheritdoc/>
    public Tensor Predict(ForwardContext context, int layer, Tensor values, ReferencePoints points)
        => context.BoxesNear(points.Base!, heads[layer].Forward(context, values), epsilon);

    /// <inheritdoc/>
    public ReferencePoints Move(ForwardContext context, int layer, Tensor x, Tensor? predicted, ReferencePoints points)
    {
        Tensor next = context.Detach(predicted ?? Predict(context, layer, x, points));
        return new ReferencePoints(next, next);
    }

    /// <inheritdoc/>
    /// <remarks>A cell's point is its middle.</remarks>
    public Tensor OfCells(ForwardContext context, ImageTokens cells)
        => context.BoxesNear(context.MiddlesOf(cells), heads[^1].Forward(context, cells.Values), epsilon);
}
