using Detr.Data.Evaluation;
using Detr.Imaging;
using Detr.Models;
using Detr.Tensors;

namespace Detr.Explain;

/// <summary>
/// How surely a model still finds an object in changed pictures: over all queries, the largest product of the class's probability and of
/// the box's intersection over union with the object's box (Petsiuk et al., D-RISE, CVPR 2021). Another query may take the object over.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="backend">Computes.</param>
/// <param name="label">The object's class, by its place among the logits; not no-object.</param>
/// <param name="box">Its box, in shares of the picture.</param>
/// <exception cref="ArgumentOutOfRangeException">The model has no such class.</exception>
public sealed class ObjectScore(DetrModel model, IBackend backend, int label, ResultBox box)
{
    private readonly ObjectScores _scores = new(model, backend, [(label, box)]);

    /// <summary>Scores pictures in one pass.</summary>
    /// <param name="images">At least one picture, of the size at which the model is to see it.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>A number from 0 to 1 for each picture.</returns>
    public IReadOnlyList<double> Of(IReadOnlyList<RgbImage> images, CancellationToken cancellationToken = default)
        => [.. _scores.Of(images, cancellationToken).Select(scores => scores[0])];
}
