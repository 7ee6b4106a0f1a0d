using System.Numerics.Tensors;

namespace Detr.Kernels;

/// <summary>Σᵣ w[tᵣ] · −ln softmax(x[r, ·])[tᵣ], w a weight for each class.</summary>
public static class WeightedCrossEntropy
{
    /// <summary>The weighted sum and the sum of weights; the loss is the first over the second.</summary>
    /// <param name="logits">[rows, classes].</param>
    /// <param name="targets">The class of each row.</param>
    /// <param name="classWeights">[classes].</param>
    public static (double WeightedSum, double TotalWeight) Forward(ReadOnlySpan<float> logits, ReadOnlySpan<int> targets, ReadOnlySpan<float> classWeights)
    {
        int classes = Check(logits.Length, targets, classWeights.Length);
        double sum = 0, total = 0;
        for (int r = 0; r < targets.Length; r++)
        {
            ReadOnlySpan<float> row = logits.Slice(r * classes, classes);
            double largest = TensorPrimitives.Max(row), exponentials = 0;
            foreach (float value in row)
            {
                exponentials += Math.Exp(value - largest);
            }

            float weight = classWeights[targets[r]];
            sum += weight * (Math.Log(exponentials) + largest - row[targets[r]]);
            total += weight;
        }

        return (sum, total);
    }

    /// <summary>dx[r, c] = scale · w[tᵣ] · (softmax(x[r, ·])[c] − [c = tᵣ]).</summary>
    /// <param name="logits">[rows, classes].</param>
    /// <param name="targets">The class of each row.</param>
    /// <param name="classWeights">[classes].</param>
    /// <param name="scale">The gradient of the loss over the sum of weights.</param>
    /// <param name="dx">[rows, classes]; overwritten.</param>
    public static void Backward(ReadOnlySpan<float> logits, ReadOnlySpan<int> targets, ReadOnlySpan<float> classWeights, float scale, Span<float> dx)
    {
        int classes = Check(logits.Length, targets, classWeights.Length);
        for (int r = 0; r < targets.Length; r++)
        {
            Span<float> row = dx.Slice(r * classes, classes);
            Softmax.Row(logits.Slice(r * classes, classes), row);
            row[targets[r]] -= 1f;
            TensorPrimitives.Multiply(row, scale * classWeights[targets[r]], row);
        }
    }

    private static int Check(int logits, ReadOnlySpan<int> targets, int classes)
    {
        if (logits != (long)targets.Length * classes)
        {
            throw new ArgumentException($"{logits} logits are not {targets.Length} rows of {classes} classes.", nameof(logits));
        }

        foreach (int target in targets)
        {
            if ((uint)target >= (uint)classes)
            {
                throw new ArgumentOutOfRangeException(nameof(targets), target, $"A target is not one of {classes} classes.");
            }
        }

        return classes;
    }
}
