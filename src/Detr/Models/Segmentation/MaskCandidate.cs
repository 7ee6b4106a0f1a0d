using System.Numerics.Tensors;
using Detr.Data;

namespace Detr.Models;

/// <summary>A query that is sure of something, so that its mask competes for a picture's pixels.</summary>
/// <param name="Query">The query.</param>
/// <param name="Category">What it sees.</param>
/// <param name="Score">How sure it is, from 0 to 1.</param>
public sealed record MaskCandidate(int Query, Category Category, float Score)
{
    /// <summary>The queries whose best class is an object with more than a probability, in query order.</summary>
    /// <param name="output">The predictions.</param>
    /// <param name="image">Which image of the batch.</param>
    /// <param name="categories">Names and numbers by class; classes beyond them are called by their number.</param>
    /// <param name="threshold">The probability that has to be exceeded.</param>
    public static IReadOnlyList<MaskCandidate> Find(DetrOutput output, int image, IReadOnlyList<Category> categories, float threshold)
    {
        ClassProbabilities probabilities = new(output);
        List<MaskCandidate> candidates = [];
        for (int query = 0; query < output.Logits.Shape[1]; query++)
        {
            ReadOnlySpan<float> classes = probabilities.Of(image, query, out float noObject);
            int best = TensorPrimitives.IndexOfMax(classes);
            if (classes[best] >= noObject && classes[best] > threshold)
            {
                candidates.Add(new MaskCandidate(query, PostProcess.CategoryOf(best, categories), classes[best]));
            }
        }

        return candidates;
    }
}
