using Detr.Tensors;

namespace Detr.Models;

/// <summary>Operations on boxes.</summary>
public static class BoxOperations
{
    /// <summary>Σ (1 − GIoU) over pairs of boxes.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="predicted">[pairs, 4]: centre x and y, width and height.</param>
    /// <param name="wanted">[pairs, 4], constants.</param>
    /// <param name="margin">Added to the areas that are divided by; see <see cref="CriterionOptions.OverlapMargin"/>.</param>
    /// <returns>One number.</returns>
    public static Tensor OverlapLoss(this ForwardContext context, Tensor predicted, Tensor wanted, double margin = 0)
    {
        ReadOnlySpan<float> a = predicted.AsSpan(), b = wanted.AsSpan();
        float[] gradient = new float[a.Length];
        Span<double> one = stackalloc double[4];
        double sum = 0;
        for (int i = 0; i < a.Length; i += 4)
        {
            sum += 1 - BoxMath.GeneralizedIoU(a.Slice(i, 4), b.Slice(i, 4), one, margin);
            for (int k = 0; k < 4; k++)
            {
                gradient[i + k] = (float)-one[k];
            }
        }

        Tensor loss = context.Upload([1], [(float)sum]);
        return context.Record(loss, [predicted], dLoss =>
        {
            Tensor dPredicted = context.Upload(predicted.Shape, gradient);
            context.Backend.Scale(dLoss.Item(), dPredicted, dPredicted);
            context.AddGradient(predicted, dPredicted);
        });
    }
}
