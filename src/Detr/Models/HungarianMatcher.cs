using System.Buffers;
using System.Numerics.Tensors;
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
    /// <param name="logits">[queries, classes].</param>
    /// <param name="boxes">[queries, 4].</param>
    /// <param name="targets">The objects.</param>
    /// <returns>Pairs of query and object, by ascending query.</returns>
    /// <exception cref="ArithmeticException">A prediction is not a finite number.</exception>
    public (int Query, int Target)[] Match(ReadOnlySpan<float> logits, ReadOnlySpan<float> boxes, BoxTargets targets)
    {
        int queries = boxes.Length / 4;
        if (targets.Count == 0 || queries == 0)
        {
            return [];
        }

        int size = queries * targets.Count;
        double[] cost = ArrayPool<double>.Shared.Rent(size);
        try
        {
            Costs(logits, boxes, targets, cost.AsSpan(0, size));
            return LinearAssignment.Solve(cost.AsSpan(0, size), queries, targets.Count);
        }
        finally
        {
            ArrayPool<double>.Shared.Return(cost);
        }
    }

    /// <summary>What each pair costs.</summary>
    /// <param name="logits">[queries, classes].</param>
    /// <param name="boxes">[queries, 4].</param>
    /// <param name="targets">The objects.</param>
    /// <param name="cost">[queries, objects], filled.</param>
    /// <exception cref="ArgumentException">The last is not one number for each pair.</exception>
    /// <exception cref="ArithmeticException">A prediction is not a finite number.</exception>
    public void Costs(ReadOnlySpan<float> logits, ReadOnlySpan<float> boxes, BoxTargets targets, Span<double> cost)
    {
        int queries = boxes.Length / 4;
        if (cost.Length != queries * targets.Count)
        {
            throw new ArgumentException($"{cost.Length} numbers do not hold the costs of {queries} queries and {targets.Count} objects.", nameof(cost));
        }

        int classes = queries > 0 ? logits.Length / queries : 0;
        float[] probabilities = new float[classes];
        for (int q = 0; q < queries; q++)
        {
            TensorPrimitives.SoftMax(logits.Slice(q * classes, classes), probabilities);
            ReadOnlySpan<float> box = boxes.Slice(4 * q, 4);
            for (int t = 0; t < targets.Count; t++)
            {
                ReadOnlySpan<float> target = targets.Box(t);
                double distance = Math.Abs(box[0] - target[0]) + Math.Abs(box[1] - target[1]) + Math.Abs(box[2] - target[2]) + Math.Abs(box[3] - target[3]);
                double value = (BoxCost * distance) - (ClassCost * probabilities[targets.Labels[t]]) - (OverlapCost * BoxMath.GeneralizedIoU(box, target));
                if (!double.IsFinite(value))
                {
                    throw new ArithmeticException($"The prediction of query {q} is not a finite number: training diverged, or the input holds NaN.");
                }

                cost[(q * targets.Count) + t] = value;
            }
        }
    }
}
