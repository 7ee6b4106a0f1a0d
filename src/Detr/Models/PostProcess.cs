using System.Numerics.Tensors;
using Detr.Data;

namespace Detr.Models;

/// <summary>From logits and relative boxes to detections: probabilities, classes, pixels.</summary>
public static class PostProcess
{
    /// <summary>Every query's detection with its best class, in query order.</summary>
    /// <param name="output">The predictions.</param>
    /// <param name="image">Which image of the batch.</param>
    /// <param name="width">Pixels in a row of the picture that boxes are wanted for.</param>
    /// <param name="height">Its rows.</param>
    /// <param name="categories">Names and numbers by class; classes beyond them are called by their number.</param>
    public static Detection[] Run(DetrOutput output, int image, float width, float height, IReadOnlyList<Category> categories)
    {
        ClassProbabilities probabilities = new(output);
        Detection[] detections = new Detection[output.Boxes.Shape[1]];
        for (int query = 0; query < detections.Length; query++)
        {
            ReadOnlySpan<float> classes = probabilities.Of(image, query);
            int best = TensorPrimitives.IndexOfMax(classes);
            detections[query] = Found(output, image, query, CategoryOf(best, categories), classes[best], width, height);
        }

        return detections;
    }

    /// <summary>
    /// The surest answers of all queries and classes, where a query may answer more than once: the result by which detectors with
    /// <see cref="ClassScoring.Sigmoid"/> are evaluated.
    /// </summary>
    /// <param name="output">The predictions.</param>
    /// <param name="image">Which image of the batch.</param>
    /// <param name="width">Pixels in a row of the picture that boxes are wanted for.</param>
    /// <param name="height">Its rows.</param>
    /// <param name="categories">Names and numbers by class; classes beyond them are called by their number.</param>
    /// <param name="count">How many answers, where there are so many.</param>
    /// <returns>The surest first; of equal ones that of the first query, and of its classes the first.</returns>
    public static Detection[] Largest(DetrOutput output, int image, float width, float height, IReadOnlyList<Category> categories, int count)
    {
        ClassProbabilities probabilities = new(output);
        int queries = output.Boxes.Shape[1], classes = probabilities.Classes;
        float[] scores = new float[queries * classes];
        for (int query = 0; query < queries; query++)
        {
            probabilities.Of(image, query).CopyTo(scores.AsSpan(query * classes, classes));
        }

        return
        [
            .. Enumerable.Range(0, scores.Length).OrderByDescending(place => scores[place]).Take(count)
                .Select(place => Found(output, image, place / classes, CategoryOf(place % classes, categories), scores[place], width, height)),
        ];
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

    private static Detection Found(DetrOutput output, int image, int query, Category category, float score, float width, float height)
    {
        (float x0, float y0, float x1, float y1) = BoxMath.Corners(output.Boxes.AsSpan().Slice(((image * output.Boxes.Shape[1]) + query) * 4, 4));
        return new Detection(query, category.Id, category.Name, score, x0 * width, y0 * height, x1 * width, y1 * height);
    }
}
