using System.Numerics.Tensors;
using Detr.Data;

namespace Detr.Models;

/// <summary>From logits and relative boxes to detections: a softmax, the best class other than no-object, pixels.</summary>
public static class PostProcess
{
    /// <summary>Every query's detection, in query order.</summary>
    /// <param name="output">The predictions.</param>
    /// <param name="image">Which image of the batch.</param>
    /// <param name="width">Pixels in a row of the picture that boxes are wanted for.</param>
    /// <param name="height">Its rows.</param>
    /// <param name="categories">Names and numbers by class; classes beyond them are called by their number.</param>
    public static Detection[] Run(DetrOutput output, int image, float width, float height, IReadOnlyList<Category> categories)
    {
        int queries = output.Logits.Shape[1], classes = output.Logits.Shape[2];
        ReadOnlySpan<float> logits = output.Logits.AsSpan().Slice(image * queries * classes, queries * classes);
        ReadOnlySpan<float> boxes = output.Boxes.AsSpan().Slice(image * queries * 4, queries * 4);
        float[] probabilities = new float[classes];
        Detection[] detections = new Detection[queries];
        for (int q = 0; q < queries; q++)
        {
            TensorPrimitives.SoftMax(logits.Slice(q * classes, classes), probabilities);
            int best = TensorPrimitives.IndexOfMax(probabilities.AsSpan(0, classes - 1));
            Category category = CategoryOf(best, categories);
            (float x0, float y0, float x1, float y1) = BoxMath.Corners(boxes.Slice(4 * q, 4));
            detections[q] = new Detection(q, category.Id, category.Name, probabilities[best], x0 * width, y0 * height, x1 * width, y1 * height);
        }

        return detections;
    }

    /// <summary>The category of a class; one that has none is called by its number.</summary>
    /// <param name="label">The class, by its place among the logits.</param>
    /// <param name="categories">Names and numbers by class.</param>
    public static Category CategoryOf(int label, IReadOnlyList<Category> categories)
        => label < categories.Count ? categories[label] : new Category(label, $"class {label}");

    /// <summary>The category of a number, as detections and segments have it; one that nobody names is called by it.</summary>
    /// <param name="id">The category's number.</param>
    /// <param name="categories">Names and numbers.</param>
    public static Category CategoryOfId(int id, IReadOnlyList<Category> categories)
        => categories.FirstOrDefault(category => category.Id == id) ?? CategoryOf(id, []);
}
