namespace Detr.Kernels;

/// <summary>The plain twin of <see cref="Convolution"/>: the definition, term by term, sums in double precision.</summary>
public static class ConvolutionReference
{
    /// <summary>The forward pass; see <see cref="Convolution"/> for shapes.</summary>
    public static void Forward(in ConvolutionShape shape, ReadOnlySpan<float> x, ReadOnlySpan<float> weight, Span<float> y)
    {
        double[] sums = new double[shape.OutputLength];
        foreach ((int input, int kernel, int output) in Terms(shape))
        {
            sums[output] += (double)x[input] * weight[kernel];
        }

        Round(sums, y);
    }

    /// <summary>The gradient of the input.</summary>
    public static void BackwardInput(in ConvolutionShape shape, ReadOnlySpan<float> dy, ReadOnlySpan<float> weight, Span<float> dx)
    {
        double[] sums = new double[shape.InputLength];
        foreach ((int input, int kernel, int output) in Terms(shape))
        {
            sums[input] += (double)dy[output] * weight[kernel];
        }

        Round(sums, dx);
    }

    /// <summary>The gradient of the weight.</summary>
    public static void BackwardWeight(in ConvolutionShape shape, ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> dWeight)
    {
        double[] sums = new double[shape.WeightLength];
        foreach ((int input, int kernel, int output) in Terms(shape))
        {
            sums[kernel] += (double)dy[output] * x[input];
        }

        Round(sums, dWeight);
    }

    /// <summary>Every term of every sum: which input, which weight, which output.</summary>
    private static IEnumerable<(int Input, int Kernel, int Output)> Terms(ConvolutionShape s)
    {
        for (int output = 0; output < s.OutputLength; output++)
        {
            int o = output % s.OutputChannels, cell = output / s.OutputChannels;
            int j = cell % s.OutputWidth, i = cell / s.OutputWidth % s.OutputHeight, b = cell / s.OutputWidth / s.OutputHeight;
            for (int p = 0; p < s.KernelHeight; p++)
            {
                int row = (i * s.Stride) + (p * s.Dilation) - s.Padding;
                for (int q = 0; q < s.KernelWidth && row >= 0 && row < s.Height; q++)
                {
                    int column = (j * s.Stride) + (q * s.Dilation) - s.Padding;
                    for (int c = 0; c < s.InputChannels && column >= 0 && column < s.Width; c++)
                    {
                        yield return (
                            ((((((b * s.Height) + row) * s.Width) + column) * s.InputChannels) + c),
                            ((((((o * s.InputChannels) + c) * s.KernelHeight) + p) * s.KernelWidth) + q),
                            output);
                    }
                }
            }
        }
    }

    private static void Round(double[] sums, Span<float> target)
    {
        for (int i = 0; i < sums.Length; i++)
        {
            target[i] = (float)sums[i];
        }
    }
}
