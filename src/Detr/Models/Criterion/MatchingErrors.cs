using System.Numerics.Tensors;
using Detr.Data;

namespace Detr.Models;

/// <summary>What the reference logs beside losses; nothing is trained on it.</summary>
internal static class MatchingErrors
{
    /// <summary>The share of matched queries, in percent, whose largest logit is not their object's.</summary>
    internal static float Class(DetrOutput output, IReadOnlyList<BoxTargets> targets, IReadOnlyList<(int Query, int Target)[]> matches)
    {
        int right = 0, all = 0;
        for (int image = 0; image < matches.Count; image++)
        {
            foreach ((int query, int target) in matches[image])
            {
                right += Largest(output, image, query) == targets[image].Labels[target] ? 1 : 0;
                all++;
            }
        }

        return all == 0 ? 0 : 100f - (100f * right / all);
    }

    /// <summary>
    /// The mean difference between how many queries claim an object and how many objects there are. A query claims one where its largest
    /// logit is not the last; the reference counts so even where classes have sigmoids and the last is a class like the others.
    /// </summary>
    internal static float Cardinality(DetrOutput output, IReadOnlyList<BoxTargets> targets)
    {
        int queries = output.Boxes.Shape[1], last = output.Logits.Shape[2] - 1;
        double sum = 0;
        for (int image = 0; image < targets.Count; image++)
        {
            int claimed = Enumerable.Range(0, queries).Count(query => Largest(output, image, query) != last);
            sum += Math.Abs(claimed - targets[image].Count);
        }

        return (float)(sum / Math.Max(1, targets.Count));
    }

    private static int Largest(DetrOutput output, int image, int query)
    {
        int width = output.Logits.Shape[2];
        return TensorPrimitives.IndexOfMax(output.Logits.AsSpan().Slice(((image * output.Logits.Shape[1]) + query) * width, width));
    }
}
