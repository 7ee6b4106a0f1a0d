using System.Numerics.Tensors;
using Detr.Data;
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
    private readonly int _label = (uint)label < (uint)model.Options.Classes
        ? label
        : throw new ArgumentOutOfRangeException(nameof(label), label, $"The model has classes 0 to {model.Options.Classes - 1}.");

    /// <summary>Scores pictures in one pass.</summary>
    /// <param name="images">At least one picture, of the size at which the model is to see it.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>A number from 0 to 1 for each picture.</returns>
    public IReadOnlyList<double> Of(IReadOnlyList<RgbImage> images, CancellationToken cancellationToken = default)
    {
        using DetectionBatch batch = BatchBuilder.Build([.. images.Select(image => (image, new BoxTargets([], [])))], [.. Enumerable.Range(0, images.Count)]);
        ForwardContext context = new(backend) { CancellationToken = cancellationToken };
        using Scope scope = context.Scope();
        DetrOutput output = model.Forward(context, context.Upload(batch.Shape, batch.Pixels), batch.Padding);
        return [.. Enumerable.Range(0, images.Count).Select(image => Score(output, image))];
    }

    private double Score(DetrOutput output, int image)
    {
        int queries = output.Logits.Shape[1], classes = output.Logits.Shape[2];
        float[] probabilities = new float[classes];
        double best = 0;
        for (int query = image * queries; query < (image + 1) * queries; query++)
        {
            TensorPrimitives.SoftMax(output.Logits.AsSpan().Slice(query * classes, classes), probabilities);
            (float x0, float y0, float x1, float y1) = BoxMath.Corners(output.Boxes.AsSpan().Slice(query * 4, 4));
            best = Math.Max(best, probabilities[_label] * new ResultBox(x0, y0, x1 - x0, y1 - y0).IntersectionOverUnion(box, isCrowd: false));
        }

        return best;
    }
}
