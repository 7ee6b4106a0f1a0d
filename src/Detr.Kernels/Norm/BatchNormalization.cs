using System.Numerics.Tensors;

namespace Detr.Kernels;

/// <summary>
/// y = activation((x − mean) / √(variance + ε) ⊙ weight + bias + residual), statistics over each channel of channels-last
/// data (Ioffe and Szegedy 2015). What follows the norm in a residual network is done while the result is at hand, so
/// that no map in between is ever written.
/// </summary>
public static unsafe class BatchNormalization
{
    /// <summary>The forward pass with the batch's own statistics.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="x">[rows, channels].</param>
    /// <param name="weight">[channels].</param>
    /// <param name="bias">[channels].</param>
    /// <param name="epsilon">ε.</param>
    /// <param name="y">[rows, channels].</param>
    /// <param name="mean">[channels].</param>
    /// <param name="inverseDeviation">[channels].</param>
    /// <param name="variance">[channels], biased (divided by the number of rows).</param>
    /// <param name="residual">[rows, channels], added before the activation; or empty.</param>
    /// <param name="activation">Applied last.</param>
    public static void Forward(
        WorkerPool pool, ReadOnlySpan<float> x, ReadOnlySpan<float> weight, ReadOnlySpan<float> bias, float epsilon,
        Span<float> y, Span<float> mean, Span<float> inverseDeviation, Span<float> variance,
        ReadOnlySpan<float> residual = default, Activation activation = Activation.None)
    {
        int channels = weight.Length, rows = Rows(x.Length, y.Length, channels, bias.Length);
        Check(channels, mean.Length, inverseDeviation.Length, variance.Length);
        CheckOptional(x.Length, residual.Length);
        using ScratchMemory.Lease factors = pool.Scratch.Rent(channels);
        Span<float> scale = new(factors.Pointer, channels);
        fixed (float* px = x, pb = bias, pr = residual, py = y, pm = mean)
        {
            ChannelMoments.Measure(pool, px, 1, rows, channels, mean, variance);
            for (int c = 0; c < channels; c++)
            {
                inverseDeviation[c] = 1f / MathF.Sqrt(variance[c] + epsilon);
                scale[c] = weight[c] * inverseDeviation[c];
            }

            ChannelAffine.Normalize(pool, px, pm, factors.Pointer, pb, py, 1, rows, channels, pr, activation);
        }
    }

    /// <summary>The backward pass.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="x">[rows, channels].</param>
    /// <param name="weight">[channels].</param>
    /// <param name="mean">[channels], from the forward pass.</param>
    /// <param name="inverseDeviation">[channels], from the forward pass.</param>
    /// <param name="dy">[rows, channels].</param>
    /// <param name="dx">[rows, channels].</param>
    /// <param name="dWeight">[channels]; overwritten.</param>
    /// <param name="dBias">[channels]; overwritten.</param>
    /// <param name="y">[rows, channels], the forward pass's result if it ended in a ReLU; or empty.</param>
    /// <param name="dResidual">[rows, channels], takes dy where the ReLU let it pass: the residual's gradient; or empty.</param>
    public static void Backward(
        WorkerPool pool, ReadOnlySpan<float> x, ReadOnlySpan<float> weight, ReadOnlySpan<float> mean, ReadOnlySpan<float> inverseDeviation,
        ReadOnlySpan<float> dy, Span<float> dx, Span<float> dWeight, Span<float> dBias,
        ReadOnlySpan<float> y = default, Span<float> dResidual = default)
    {
        int channels = weight.Length, rows = Rows(x.Length, dy.Length, channels, mean.Length);
        Check(channels, inverseDeviation.Length, dWeight.Length, dBias.Length);
        Rows(x.Length, dx.Length, channels, channels);
        CheckOptional(x.Length, y.Length);
        CheckOptional(x.Length, dResidual.Length);
        using ScratchMemory.Lease memory = pool.Scratch.Rent(5 * channels);
        float* sums = memory.Pointer, a = sums + (2 * channels), b = a + channels, c = b + channels;
        fixed (float* px = x, pm = mean, pdy = dy, pdx = dx, py = y, pdr = dResidual)
        {
            ChannelMoments.GradientProducts(pool, px, pm, new MaskedGradient(pdy, py, pdr), 1, rows, channels, new Span<float>(sums, 2 * channels));

            // dx = weight / deviation · (dy − (dBias + x̂ dWeight) / rows).
            for (int i = 0; i < channels; i++)
            {
                dBias[i] = sums[i];
                dWeight[i] = sums[channels + i] * inverseDeviation[i];
                a[i] = weight[i] * inverseDeviation[i];
                b[i] = -a[i] * inverseDeviation[i] * dWeight[i] / rows;
                c[i] = -a[i] * dBias[i] / rows;
            }

            MaskedGradient gradient = pdr != null ? new MaskedGradient(pdr) : new MaskedGradient(pdy, py);
            ChannelAffine.Differentiate(pool, px, pm, gradient, a, b, c, pdx, 1, rows, channels);
        }
    }

    /// <summary>y = x ⊙ scale + shift by channel: what a batch norm is once its statistics are fixed.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="x">[rows, channels].</param>
    /// <param name="scale">[channels].</param>
    /// <param name="shift">[channels].</param>
    /// <param name="y">[rows, channels]; may be x itself.</param>
    public static void ScaleShift(WorkerPool pool, ReadOnlySpan<float> x, ReadOnlySpan<float> scale, ReadOnlySpan<float> shift, Span<float> y)
    {
        Rows(x.Length, y.Length, scale.Length, shift.Length);
        fixed (float* ps = scale, pt = shift)
        {
            ElementLoop.RunRows(pool, new Affine(ps, pt), x, x, x.Length / scale.Length, scale.Length, y);
        }
    }

    private static int Rows(int x, int y, int channels, int second)
    {
        if (channels == 0 || x % channels != 0 || y != x || second != channels)
        {
            throw new ArgumentException($"{x} and {y} elements are not rows of {channels} channels, or {second} is not their number.", nameof(x));
        }

        return x / channels;
    }

    private static void Check(int channels, int first, int second, int third)
    {
        if (first != channels || second != channels || third != channels)
        {
            throw new ArgumentException($"{first}, {second} and {third} elements are not one for each of {channels} channels.", nameof(channels));
        }
    }

    private static void CheckOptional(int length, int optional)
    {
        if (optional != 0 && optional != length)
        {
            throw new ArgumentException($"{optional} elements do not go with {length}.", nameof(optional));
        }
    }

    private readonly struct Affine(float* scale, float* shift) : IElementFunction
    {
        public void Apply(ReadOnlySpan<float> x, ReadOnlySpan<float> unused, Span<float> y)
            => TensorPrimitives.MultiplyAdd(x, new ReadOnlySpan<float>(scale, x.Length), new ReadOnlySpan<float>(shift, x.Length), y);
    }
}
