namespace Detr.Tensors;

/// <summary>A batch norm with fixed statistics as one factor and one term a channel.</summary>
public static class BatchNormFolding
{
    /// <summary>scale = weight / √(variance + ε), shift = bias − mean · scale.</summary>
    /// <param name="weight">[channels].</param>
    /// <param name="bias">[channels].</param>
    /// <param name="runningMean">[channels].</param>
    /// <param name="runningVariance">[channels].</param>
    /// <param name="epsilon">ε.</param>
    public static (float[] Scale, float[] Shift) Fold(Tensor weight, Tensor bias, Tensor runningMean, Tensor runningVariance, float epsilon)
    {
        ReadOnlySpan<float> w = weight.AsSpan(), b = bias.AsSpan(), m = runningMean.AsSpan(), v = runningVariance.AsSpan();
        float[] scale = new float[w.Length], shift = new float[w.Length];
        for (int c = 0; c < w.Length; c++)
        {
            scale[c] = w[c] / MathF.Sqrt(v[c] + epsilon);
            shift[c] = b[c] - (m[c] * scale[c]);
        }

        return (scale, shift);
    }
}
