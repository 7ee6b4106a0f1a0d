using System.Buffers;
using Detr.Data;

namespace Detr.Models;

/// <summary>
/// Pairs predictions with objects one to one, at the least total cost (Carion et al. 2020, section 3.1): class · c + box · L1 +
/// overlap · (−GIoU). With p the probability of the object's class, c is −p where classes share a softmax; where each has a sigmoid it is
/// what the focal loss would change by, α (1 − p)² (−ln p) − (1 − α) p² (−ln(1 − p)), as Deformable DETR has it.
/// </summary>
/// <param name="ClassCost">The factor of the class term.</param>
/// <param name="BoxCost">The factor of the L1 distance.</param>
/// <param name="OverlapCost">The factor of the generalized IoU.</param>
public sealed record HungarianMatcher(float ClassCost = 1, float BoxCost = 5, float OverlapCost = 2)
{
    // Keeps the logarithms of probabilities that round to 0 finite.
    private const double Tiny = 1e-8;

    /// <summary>The weight of a query's own class in the focal loss.</summary>
    public float FocalAlpha { get; init; } = 0.25f;

    /// <summary>What is added to the areas that generalized IoU divides by; see <see cref="CriterionOptions.OverlapMargin"/>.</summary>
    public float OverlapMargin { get; init; }

    /// <summary>The published matcher of a detector.</summary>
    /// <param name="variant">The detector.</param>
    public static HungarianMatcher Of(DetrVariant variant) => new(ClassCost: variant == DetrVariant.Detr ? 1 : 2)
    {
        OverlapMargin = variant is DetrVariant.DabDetr or DetrVariant.DnDetr or DetrVariant.Dino ? 1e-6f : 0,
    };

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
                double value = (BoxCost * distance) + (ClassCost * ClassTerm(output.Scoring, classes[targets.Labels[t]])) - (OverlapCost * BoxMath.GeneralizedIoU(box, target, margin: OverlapMargin));
                if (!double.IsFinite(value))
                {
                    throw new ArithmeticException($"The prediction of query {q} is not a finite number: training diverged, or the input holds NaN.");
                }

                cost[(q * targets.Count) + t] = value;
            }
        }
    }

    private double ClassTerm(ClassScoring scoring, double probability)
    {
        double other = 1 - probability;
        return scoring == ClassScoring.Softmax
            ? -probability
            : ((1 - FocalAlpha) * probability * probability * Math.Log(other + Tiny)) - (FocalAlpha * other * other * Math.Log(probability + Tiny));
    }
}
