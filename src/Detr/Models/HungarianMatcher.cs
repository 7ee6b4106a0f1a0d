using System.Buffers;
using Detr.Data;

namespace Detr.Models;

/// <summary>
/// Pairs predictions with objects one to one, at the least total cost (Carion et al. 2020, section 3.1): class · (−p) +
/// box · L1 + overlap · (−GIoU), p the probability of the object's class.
/// </summary>
/// <param name="ClassCost">The factor of the class term.</param>
/// <param name="BoxCost">The factor of the L1 distance.</param>
/// <param name="OverlapCost">The factor of the generalized IoU.</param>
public sealed record HungarianMatcher(float ClassCost = 1, float BoxCost = 5, float OverlapCost = 2)
{
    /// <summary>Matches one image.</summary>
    /// <param name="output">The predictions.</param>
    /// <param name="image">Which image of the batch.</param>
    /// <param name="targets">Its objects.</param>
    /// <returns>Pairs of query and object, by ascending query.</returns>
    /// <exception cref="ArithmeticException">A prediction is not a finite number.</exception>
    public (int Query, int Target)[] Match(DetrOutput output, int image, BoxTargets targets)
    {
        int queries = output.Boxes.Shape[1];
        if (targets.Count == 0 || queries == 0)
        {
            return [];
        }

        int size = queries * targets.Count;
        double[] cost = ArrayPool<double>.Shared.Rent(size);
        try
        {
            Costs(output, image, targets, cost.AsSpan(0, size));
            return LinearAssignment.Solve(cost.AsSpan(0, size), queries, targets.Count);
        }
        finally
        {
            ArrayPool<double>.Shared.Return(cost);
        }
    }

    /// <summary>What each pair costs.</summary>
    /// <param name="output">The predictions.</param>
    /// <param name="image">Which image of the batch.</param>
    /// <param name="targets">Its objects.</param>
    /// <param name="cost">[queries, objects], filled.</param>
    /// <exception cref="ArgumentException">The last is not one number for each pair.</exception>
    /// <exception cref="ArithmeticException">A prediction is not a finite number.</exception>
    public void Costs(DetrOutput output, int image, BoxTargets targets, Span<double> cost)
    {
        int queries = output.Boxes.Shape[1];
        if (cost.Length != queries * targets.Count)
        {
            throw new ArgumentException($"{cost.Length} numbers do not hold the costs of {queries} queries and {targets.Count} objects.", nameof(cost));
        }

        ReadOnlySpan<float> boxes = output.Boxes.AsSpan().Slice(image * queries * 4, queries * 4);
        ClassProbabilities probabilities = new(output);
        for (int q = 0; q < queries; q++)
        {
            ReadOnlySpan<float> classes = probabilities.Of(image, q);
            ReadOnlySpan<float> box = boxes.Slice(4 * q, 4);
            for (int t = 0; t < targets.Count; t++)
            {
                ReadOnlySpan<float> target = targets.Box(t);
                double distance = Math.Abs(box[0] - target[0]) + Math.Abs(box[1] - target[1]) + Math.Abs(box[2] - target[2]) + Math.Abs(box[3] - target[3]);
                double value = (BoxCost * distance) - (ClassCost * classes[targets.Labels[t]]) - (OverlapCost * BoxMath.GeneralizedIoU(box, target));
                if (!double.IsFinite(value))
                {
                    throw new ArithmeticException($"The prediction of query {q} is not a finite number: training diverged, or the input holds NaN.");
                }

                cost[(q * targets.Count) + t] = value;
            }
        }
    }
}
