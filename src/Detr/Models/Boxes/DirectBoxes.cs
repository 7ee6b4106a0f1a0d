using Detr.Tensors;

namespace Detr.Models;

/// <summary>Boxes that are read from queries as they are: the sigmoid of a head, without reference points.</summary>
/// <param name="head">From [batch, queries, channels] to boxes before the sigmoid, [batch, queries, 4].</param>
internal sealed class DirectBoxes(Func<ForwardContext, Tensor, Tensor> head) : IBoxPrediction
{
    /// <inheritdoc/>
    public Tensor Predict(ForwardContext context, int layer, Tensor values, ReferencePoints points) => context.Sigmoid(head(context, values));

    /// <inheritdoc/>
    public ReferencePoints Move(ForwardContext context, int layer, Tensor x, Tensor? predicted, ReferencePoints points) => points;

    /// <inheritdoc/>
    public Tensor OfCells(ForwardContext context, ImageTokens cells) => context.Sigmoid(head(context, cells.Values));
}
