using Detr.Data;
using Detr.Data.Evaluation;
using Detr.Imaging;
using Detr.Models;
using Detr.Tensors;

namespace Detr.Explain;

/// <summary>How surely a model still finds each of several objects in changed pictures, as <see cref="ObjectScore"/> has it.</summary>
internal sealed class ObjectScores
{
    private readonly DetrModel _model;
    private readonly IBackend _backend;
    private readonly IReadOnlyList<(int Label, ResultBox Box)> _objects;

    /// <summary>Looks for objects.</summary>
    /// <param name="model">The model.</param>
    /// <param name="backend">Computes.</param>
    /// <param name="objects">Their classes, by their places among the logits, and their boxes, in shares of the picture.</param>
    /// <exception cref="ArgumentOutOfRangeException">The model has no such class.</exception>
    internal ObjectScores(DetrModel model, IBackend backend, IReadOnlyList<(int Label, ResultBox Box)> objects)
    {
        (_model, _backend, _objects) = (model, backend, objects);
        foreach ((int label, _) in objects)
        {
            if ((uint)label >= (uint)model.Options.Classes)
            {
                throw new ArgumentOutOfRangeException(nameof(objects), label, $"The model has classes 0 to {model.Options.Classes - 1}.");
            }
        }
    }

    /// <summary>Scores pictures in one pass.</summary>
    /// <param name="images">At least one picture, of the size at which the model is to see it.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>For each picture a number from 0 to 1 for each object.</returns>
    internal double[][] Of(IReadOnlyList<RgbImage> images, CancellationToken cancellationToken)
    {
        using DetectionBatch batch = BatchBuilder.Build([.. images.Select(image => (image, new BoxTargets([], [])))], [.. Enumerable.Range(0, images.Count)]);
        ForwardContext context = new(_backend) { CancellationToken = cancellationToken };
        using Scope scope = context.Scope();
        DetrOutput output = _model.Forward(context, context.Upload(batch.Shape, batch.Pixels), batch.Padding);
        return [.. Enumerable.Range(0, images.Count).Select(image => Score(output, image))];
    }

    private double[] Score(DetrOutput output, int image)
    {
        int queries = output.Boxes.Shape[1];
        ClassProbabilities probabilities = new(output);
        double[] best = new double[_objects.Count];
        for (int query = 0; query < queries; query++)
        {
            ReadOnlySpan<float> classes = probabilities.Of(image, query);
            (float x0, float y0, float x1, float y1) = BoxMath.Corners(output.Boxes.AsSpan().Slice(((image * queries) + query) * 4, 4));
            ResultBox found = new(x0, y0, x1 - x0, y1 - y0);
            for (int i = 0; i < best.Length; i++)
            {
                best[i] = Math.Max(best[i], classes[_objects[i].Label] * found.IntersectionOverUnion(_objects[i].Box, isCrowd: false));
            }
        }

        return best;
    }
}
