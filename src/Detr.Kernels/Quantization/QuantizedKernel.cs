namespace Detr.Kernels;

/// <summary>
/// A convolution's weights in eight bits: weight[o, …] = Scales[o] · Values[o, …], symmetric, with a scale for each output channel.
/// </summary>
/// <remarks>
/// The kernels add the products of eight weights in 16 bits. Inputs go up to 127, so eight weights that are added together may sum up to
/// <see cref="LargestSum"/> on either side of zero and not more: where the finest scale would break this, the scale is made coarser. Trained
/// weights are mostly small, and few channels pay for it.
/// </remarks>
public sealed class QuantizedKernel
{
    /// <summary>The largest input that a product takes.</summary>
    public const int LargestInput = 127;

    /// <summary>The largest weight.</summary>
    public const int LargestWeight = 127;

    /// <summary>The largest sum, on either side of zero, of weights whose products are added in 16 bits.</summary>
    public const int LargestSum = short.MaxValue / LargestInput;

    private readonly sbyte[] _values;
    private readonly float[] _scales;

    /// <summary>Takes weights that were rounded before.</summary>
    /// <param name="shape">The convolution; batch, height and width do not matter.</param>
    /// <param name="values">[out, in, height, width]; kept, not copied.</param>
    /// <param name="scales">[out]; kept, not copied.</param>
    /// <exception cref="ArgumentException">The lengths do not fit, a scale is not a number above zero, or weights are too large to be added in 16 bits.</exception>
    public QuantizedKernel(in ConvolutionShape shape, sbyte[] values, float[] scales)
    {
        if (values.Length != shape.WeightLength || scales.Length != shape.OutputChannels)
        {
            throw new ArgumentException($"{values.Length} weights and {scales.Length} scales are not those of {shape}.", nameof(values));
        }

        if (!Array.TrueForAll(scales, scale => scale > 0 && float.IsFinite(scale)))
        {
            throw new ArgumentException("A scale of eight-bit weights is not a number above zero.", nameof(scales));
        }

        (Shape, _values, _scales) = (KernelOf(shape), values, scales);
        for (int o = 0; o < scales.Length; o++)
        {
            if (SumsOfEight(Of(o), Shape) > LargestSum)
            {
                throw new ArgumentException($"Eight-bit weights of channel {o} are too large to be added in 16 bits.", nameof(values));
            }
        }
    }

    /// <summary>The convolution, without a batch and a size.</summary>
    public ConvolutionShape Shape { get; }

    /// <summary>[out, in, height, width], from −127 to 127.</summary>
    public ReadOnlySpan<sbyte> Values => _values;

    /// <summary>What one step of a channel's weights is worth, [out].</summary>
    public ReadOnlySpan<float> Scales => _scales;

    /// <summary>Rounds weights to eight bits.</summary>
    /// <param name="shape">The convolution; batch, height and width do not matter.</param>
    /// <param name="weight">[out, in, height, width].</param>
    /// <exception cref="ArgumentException">There are too few weights, or some are not finite.</exception>
    public static QuantizedKernel Quantize(in ConvolutionShape shape, ReadOnlySpan<float> weight)
    {
        if (weight.Length < shape.WeightLength)
        {
            throw new ArgumentException($"{weight.Length} weights do not fill a kernel of {shape.WeightLength}.", nameof(weight));
        }

        int each = shape.Depth;
        sbyte[] values = new sbyte[shape.WeightLength];
        float[] scales = new float[shape.OutputChannels];
        for (int o = 0; o < scales.Length; o++)
        {
            scales[o] = Quantize(shape, weight.Slice(o * each, each), values.AsSpan(o * each, each));
        }

        return new QuantizedKernel(shape, values, scales);
    }

    /// <summary>The sum of each output channel's weights, [out].</summary>
    public int[] Sums()
    {
        int[] sums = new int[_scales.Length];
        for (int o = 0; o < sums.Length; o++)
        {
            foreach (sbyte value in Of(o))
            {
                sums[o] += value;
            }
        }

        return sums;
    }

    internal ReadOnlySpan<sbyte> Of(int channel) => _values.AsSpan(channel * Shape.Depth, Shape.Depth);

    internal static ConvolutionShape KernelOf(in ConvolutionShape shape) => shape with { Batch = 0, Height = 0, Width = 0 };

    private static float Quantize(in ConvolutionShape shape, ReadOnlySpan<float> weight, Span<sbyte> values)
    {
        float largest = 0;
        foreach (float w in weight)
        {
            largest = MathF.Max(largest, MathF.Abs(w));
        }

        if (!float.IsFinite(largest))
        {
            throw new ArgumentException("Weights that are not finite cannot be rounded to eight bits.", nameof(weight));
        }

        const float smallest = 1e-30f, coarser = 1.005f;
        float scale = MathF.Max(largest, smallest) / LargestWeight;
        while (true)
        {
            for (int i = 0; i < weight.Length; i++)
            {
                values[i] = (sbyte)Math.Clamp(MathF.Round(weight[i] / scale), -LargestWeight, LargestWeight);
            }

            int sum = SumsOfEight(values, shape);
            if (sum <= LargestSum)
            {
                return scale;
            }

            scale *= MathF.Max(coarser, (float)sum / LargestSum);
        }
    }

    /// <summary>The largest sum on either side of zero of weights whose products meet in 16 bits.</summary>
    private static int SumsOfEight(ReadOnlySpan<sbyte> values, in ConvolutionShape shape)
    {
        int largest = 0, taps = shape.Taps, channels = shape.InputChannels, depth = shape.Depth;
        Span<int> sums = stackalloc int[4];
        for (int block = 0; block < depth; block += ByteMicrokernel.DepthBlock)
        {
            sums.Clear();
            for (int k = block; k < Math.Min(depth, block + ByteMicrokernel.DepthBlock); k++)
            {
                (int tap, int channel) = Math.DivRem(k, channels);
                int value = values[(channel * taps) + tap];
                sums[(k & 2) + (value < 0 ? 1 : 0)] += Math.Abs(value);
            }

            largest = Math.Max(largest, Math.Max(Math.Max(sums[0], sums[1]), Math.Max(sums[2], sums[3])));
        }

        return largest;
    }
}
