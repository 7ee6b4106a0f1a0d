namespace Detr.Kernels;

/// <summary>
/// y = (x − mean) / √(variance + ε) ⊙ weight + bias, statistics over all pixels and the channels of a group (Wu and He 2018).
/// </summary>
public static unsafe class GroupNormalization
{
    /// <summary>The forward pass.</summary>
    /// <param name="pool">The threads.</param>
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
        WorkerPool pool, ReadOnlySpan<float> x, int batch, int groups, ReadOnlySpan<float> weight, ReadOnlySpan<float> bias, float epsilon,
        Span<float> y, Span<float> mean, Span<float> inverseDeviation)
    {
        (int pixels, int channels) = Sizes(x.Length, batch, groups, weight.Length);
        Check(x.Length, y.Length, weight.Length, bias.Length, batch * groups, mean.Length, inverseDeviation.Length);
        int factors = batch * channels;
        using ScratchMemory.Lease memory = pool.Scratch.Rent(Math.Max(1, 5 * factors));
        float* averages = memory.Pointer, variances = averages + factors, centre = variances + factors, scale = centre + factors, shift = scale + factors;
        fixed (float* px = x, py = y)
        {
            ChannelMoments.Measure(pool, px, batch, pixels, channels, new Span<float>(averages, factors), new Span<float>(variances, factors));
            for (int i = 0, size = channels / groups; i < mean.Length; i++)
            {
                (double average, double variance) = OfGroup(new ReadOnlySpan<float>(averages + (i * size), size), new ReadOnlySpan<float>(variances + (i * size), size));
                mean[i] = (float)average;
                inverseDeviation[i] = 1f / MathF.Sqrt((float)variance + epsilon);
                for (int k = i * size; k < (i + 1) * size; k++)
                {
                    centre[k] = mean[i];
                    scale[k] = weight[k % channels] * inverseDeviation[i];
                    shift[k] = bias[k % channels];
                }
            }

            ChannelAffine.Normalize(pool, px, centre, scale, shift, py, batch, pixels, channels);
        }
    }

    /// <summary>The backward pass.</summary>
    /// <param name="pool">The threads.</param>
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
        WorkerPool pool, ReadOnlySpan<float> x, int batch, int groups, ReadOnlySpan<float> weight, ReadOnlySpan<float> mean, ReadOnlySpan<float> inverseDeviation,
        ReadOnlySpan<float> dy, Span<float> dx, Span<float> dWeight, Span<float> dBias)
    {
        (int pixels, int channels) = Sizes(x.Length, batch, groups, weight.Length);
        Check(x.Length, dy.Length, weight.Length, dWeight.Length, batch * groups, mean.Length, inverseDeviation.Length);
        Check(x.Length, dx.Length, weight.Length, dBias.Length, batch * groups, mean.Length, inverseDeviation.Length);
        int factors = batch * channels, size = channels / groups;
        using ScratchMemory.Lease memory = pool.Scratch.Rent(Math.Max(1, 6 * factors));
        float* sums = memory.Pointer, centre = sums + (2 * factors), a = centre + factors, b = a + factors, c = b + factors;
        dWeight.Clear();
        dBias.Clear();
        fixed (float* px = x, pdy = dy, pdx = dx)
        {
            for (int i = 0; i < mean.Length; i++)
            {
                new Span<float>(centre + (i * size), size).Fill(mean[i]);
            }

            ChannelMoments.GradientProducts(pool, px, centre, new MaskedGradient(pdy), batch, pixels, channels, new Span<float>(sums, 2 * factors));
            for (int i = 0; i < mean.Length; i++)
            {
                (int image, int group) = Math.DivRem(i, groups);
                float* slopes = sums + ((nint)image * 2 * channels), products = slopes + channels;
                float inverse = inverseDeviation[i];
                double sum = 0, slope = 0, count = (double)pixels * size;
                for (int channel = group * size; channel < (group + 1) * size; channel++)
                {
                    dBias[channel] += slopes[channel];
                    dWeight[channel] += products[channel] * inverse;
                    sum += (double)weight[channel] * slopes[channel];
                    slope += (double)weight[channel] * products[channel] * inverse;
                    a[(image * channels) + channel] = weight[channel] * inverse;
                }

                new Span<float>(b + (i * size), size).Fill((float)(-slope / count * inverse * inverse));
                new Span<float>(c + (i * size), size).Fill((float)(-sum / count * inverse));
            }

            ChannelAffine.Differentiate(pool, px, centre, new MaskedGradient(pdy), a, b, c, pdx, batch, pixels, channels);
        }
    }

    /// <summary>Mean and variance of a group from those of its channels, which have as many elements each.</summary>
    private static (double Mean, double Variance) OfGroup(ReadOnlySpan<float> means, ReadOnlySpan<float> variances)
    {
        double mean = 0, variance = 0;
        foreach (float value in means)
        {
            mean += (double)value / means.Length;
        }

        for (int i = 0; i < means.Length; i++)
        {
            variance += (variances[i] + ((means[i] - mean) * (means[i] - mean))) / means.Length;
        }

        return (mean, variance);
    }

    private static void Check(int x, int y, int channels, int second, int sets, int mean, int inverse)
    {
        if (y != x || second != channels || mean != sets || inverse != sets)
        {
            throw new ArgumentException(
                $"{x} and {y} elements, {channels} and {second} channels, or {sets}, {mean} and {inverse} groups do not go together.", nameof(x));
        }
    }

    private static (int Pixels, int Channels) Sizes(int length, int batch, int groups, int channels)
    {
        if (batch < 1 || groups < 1 || channels == 0 || channels % groups != 0 || length % ((long)batch * channels) != 0)
        {
            throw new ArgumentException($"{length} elements are not {batch} images of {channels} channels in {groups} groups.", nameof(groups));
        }

        return (length / batch / channels, channels);
    }
}
