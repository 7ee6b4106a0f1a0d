namespace Detr.Kernels;

/// <summary>
/// y = (x − mean) / √(variance + ε) ⊙ weight + bias, statistics over all pixels and the channels of a group (Wu and He 2018).
/// </summary>
public static class GroupNormalization
{
    /// <summary>The forward pass.</summary>
    /// <param name="x">[batch, pixels, channels].</param>
    /// <param name="batch">Images.</param>
    /// <param name="groups">Groups; divides the channels.</param>
    /// <param name="weight">[channels].</param>
    /// <param name="bias">[channels].</param>
    /// <param name="epsilon">ε.</param>
    /// <param name="y">[batch, pixels, channels].</param>
    /// <param name="mean">[batch, groups], for the backward pass.</param>
    /// <param name="inverseDeviation">[batch, groups], for the backward pass.</param>
    public static void Forward(
        ReadOnlySpan<float> x, int batch, int groups, ReadOnlySpan<float> weight, ReadOnlySpan<float> bias, float epsilon,
        Span<float> y, Span<float> mean, Span<float> inverseDeviation)
    {
        (int pixels, int channels, int size) = Sizes(x.Length, batch, groups, weight.Length);
        for (int g = 0; g < batch * groups; g++)
        {
            (int image, int group) = Math.DivRem(g, groups);
            int first = (image * pixels * channels) + (group * size);
            double sum = 0, squares = 0;
            for (int p = 0; p < pixels; p++)
            {
                foreach (float value in x.Slice(first + (p * channels), size))
                {
                    sum += value;
                    squares += (double)value * value;
                }
            }

            double count = (double)pixels * size;
            double average = sum / count;
            float inverse = (float)(1 / Math.Sqrt((squares / count) - (average * average) + epsilon));
            mean[g] = (float)average;
            inverseDeviation[g] = inverse;
            for (int p = 0; p < pixels; p++)
            {
                for (int c = 0; c < size; c++)
                {
                    int i = first + (p * channels) + c, channel = (group * size) + c;
                    y[i] = ((x[i] - mean[g]) * inverse * weight[channel]) + bias[channel];
                }
            }
        }
    }

    /// <summary>The backward pass.</summary>
    /// <param name="x">[batch, pixels, channels].</param>
    /// <param name="batch">Images.</param>
    /// <param name="groups">Groups.</param>
    /// <param name="weight">[channels].</param>
    /// <param name="mean">[batch, groups], from the forward pass.</param>
    /// <param name="inverseDeviation">[batch, groups], from the forward pass.</param>
    /// <param name="dy">[batch, pixels, channels].</param>
    /// <param name="dx">[batch, pixels, channels].</param>
    /// <param name="dWeight">[channels]; overwritten.</param>
    /// <param name="dBias">[channels]; overwritten.</param>
    public static void Backward(
        ReadOnlySpan<float> x, int batch, int groups, ReadOnlySpan<float> weight, ReadOnlySpan<float> mean, ReadOnlySpan<float> inverseDeviation,
        ReadOnlySpan<float> dy, Span<float> dx, Span<float> dWeight, Span<float> dBias)
    {
        (int pixels, int channels, int size) = Sizes(x.Length, batch, groups, weight.Length);
        dWeight.Clear();
        dBias.Clear();
        for (int g = 0; g < batch * groups; g++)
        {
            (int image, int group) = Math.DivRem(g, groups);
            int first = (image * pixels * channels) + (group * size);
            double sum = 0, slope = 0;
            for (int p = 0; p < pixels; p++)
            {
                for (int c = 0; c < size; c++)
                {
                    int i = first + (p * channels) + c, channel = (group * size) + c;
                    float normalised = (x[i] - mean[g]) * inverseDeviation[g];
                    dWeight[channel] += dy[i] * normalised;
                    dBias[channel] += dy[i];
                    sum += dy[i] * weight[channel];
                    slope += (double)dy[i] * weight[channel] * normalised;
                }
            }

            double count = (double)pixels * size;
            float average = (float)(sum / count), averageSlope = (float)(slope / count);
            for (int p = 0; p < pixels; p++)
            {
                for (int c = 0; c < size; c++)
                {
                    int i = first + (p * channels) + c, channel = (group * size) + c;
                    float normalised = (x[i] - mean[g]) * inverseDeviation[g];
                    dx[i] = ((dy[i] * weight[channel]) - average - (normalised * averageSlope)) * inverseDeviation[g];
                }
            }
        }
    }

    private static (int Pixels, int Channels, int GroupSize) Sizes(int length, int batch, int groups, int channels)
    {
        if (groups < 1 || channels % groups != 0 || length % (batch * channels) != 0)
        {
            throw new ArgumentException($"{length} elements are not {batch} images of {channels} channels in {groups} groups.", nameof(groups));
        }

        return (length / batch / channels, channels, channels / groups);
    }
}
