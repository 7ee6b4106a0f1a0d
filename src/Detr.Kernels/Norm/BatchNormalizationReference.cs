namespace Detr.Kernels;

/// <summary>The plain twin of <see cref="BatchNormalization"/>: step after step, each map written out, sums in double precision.</summary>
public static class BatchNormalizationReference
{
    /// <summary>The forward pass; see <see cref="BatchNormalization"/> for shapes.</summary>
    public static void Forward(
        ReadOnlySpan<float> x, ReadOnlySpan<float> weight, ReadOnlySpan<float> bias, float epsilon, Span<float> y,
        ReadOnlySpan<float> residual = default, Activation activation = Activation.None)
    {
        (double[] normalised, _) = Normalise(x, weight.Length, epsilon);
        for (int i = 0; i < x.Length; i++)
        {
            double value = (normalised[i] * weight[i % weight.Length]) + bias[i % weight.Length] + (residual.IsEmpty ? 0 : residual[i]);
            y[i] = (float)(activation == Activation.Relu ? Math.Max(value, 0) : value);
        }
    }

    /// <summary>The backward pass; see <see cref="BatchNormalization"/> for shapes.</summary>
    public static void Backward(
        ReadOnlySpan<float> x, ReadOnlySpan<float> weight, float epsilon, ReadOnlySpan<float> dy, Span<float> dx, Span<float> dWeight, Span<float> dBias,
        ReadOnlySpan<float> y = default, Span<float> dResidual = default)
    {
        int channels = weight.Length, rows = x.Length / channels;
        (double[] normalised, double[] inverse) = Normalise(x, channels, epsilon);
        double[] gradient = new double[x.Length], sum = new double[channels], product = new double[channels];
        for (int i = 0; i < x.Length; i++)
        {
            gradient[i] = y.IsEmpty || y[i] > 0 ? dy[i] : 0;
            sum[i % channels] += gradient[i];
            product[i % channels] += gradient[i] * normalised[i];
        }

        for (int i = 0; i < x.Length; i++)
        {
            int c = i % channels;
            dx[i] = (float)(weight[c] * inverse[c] * (gradient[i] - ((sum[c] + (normalised[i] * product[c])) / rows)));
        }

        for (int i = 0; i < dResidual.Length; i++)
        {
            dResidual[i] = (float)gradient[i];
        }

        for (int c = 0; c < channels; c++)
        {
            (dBias[c], dWeight[c]) = ((float)sum[c], (float)product[c]);
        }
    }

    private static (double[] Normalised, double[] InverseDeviation) Normalise(ReadOnlySpan<float> x, int channels, float epsilon)
    {
        int rows = x.Length / channels;
        double[] mean = new double[channels], inverse = new double[channels], normalised = new double[x.Length];
        for (int i = 0; i < x.Length; i++)
        {
            mean[i % channels] += (double)x[i] / rows;
        }

        for (int i = 0; i < x.Length; i++)
        {
            double difference = x[i] - mean[i % channels];
            inverse[i % channels] += difference * difference / rows;
        }

        for (int c = 0; c < channels; c++)
        {
            inverse[c] = 1 / Math.Sqrt(inverse[c] + epsilon);
        }

        for (int i = 0; i < x.Length; i++)
        {
            normalised[i] = (x[i] - mean[i % channels]) * inverse[i % channels];
        }

        return (normalised, inverse);
    }
}
