namespace Detr.Kernels;

/// <summary>
/// A convolution's weights [out, in, height, width] as right operand of a product: depth runs over taps and then over the
/// channels that are summed, columns over the channels that are made.
/// </summary>
/// <param name="weight">The first weight.</param>
/// <param name="shape">The convolution.</param>
/// <param name="taps">Which taps, in which order: indices into height · width.</param>
/// <param name="backward">Whether output channels are summed into input channels: the gradient's direction.</param>
internal readonly unsafe struct KernelWeights(float* weight, in ConvolutionShape shape, int* taps, bool backward) : IColumnSource
{
    public static bool IsPacked => false;

    private readonly int _channels = backward ? shape.OutputChannels : shape.InputChannels;
    private readonly nint _outputStep = (nint)shape.InputChannels * shape.KernelHeight * shape.KernelWidth;
    private readonly nint _inputStep = (nint)shape.KernelHeight * shape.KernelWidth;

    public float* Panel(int column, int columns, int width, int depthStart, int depth, float* scratch)
    {
        nint columnStep = backward ? _inputStep : _outputStep;
        nint depthStep = backward ? _outputStep : _inputStep;
        if (columns < width)
        {
            new Span<float>(scratch, depth * width).Clear();
        }

        if (backward)
        {
            (int tap, int channel) = Math.DivRem(depthStart, _channels);
            float* line = scratch;
            for (int k = 0; k < depth; k++, line += width)
            {
                float* source = weight + taps[tap] + (channel * depthStep) + (column * columnStep);
                for (int c = 0; c < columns; c++, source += columnStep)
                {
                    line[c] = *source;
                }

                if (++channel == _channels)
                {
                    channel = 0;
                    tap++;
                }
            }

            return scratch;
        }

        // Forward, all weights of a column stand together: column by column, each is read from memory once.
        for (int c = 0; c < columns; c++)
        {
            PackColumn(weight + ((column + c) * columnStep), depthStart, depth, scratch + c, width);
        }

        return scratch;
    }

    /// <summary>The weights of a forward pass, whose taps come in order.</summary>
    /// <param name="weight">The first weight.</param>
    /// <param name="shape">The convolution.</param>
    /// <param name="taps">Room for as many numbers as there are taps, for as long as the operand lives.</param>
    internal static KernelWeights Forward(float* weight, in ConvolutionShape shape, int* taps)
    {
        for (int i = 0; i < shape.Taps; i++)
        {
            taps[i] = i;
        }

        return new KernelWeights(weight, shape, taps, backward: false);
    }

    private void PackColumn(float* weights, int depthStart, int depth, float* target, int width)
    {
        (int tap, int channel) = Math.DivRem(depthStart, _channels);
        while (depth > 0)
        {
            int run = Math.Min(_channels - channel, depth);
            float* source = weights + taps[tap++] + (channel * _inputStep);
            for (int i = 0; i < run; i++, source += _inputStep, target += width)
            {
                *target = *source;
            }

            depth -= run;
            channel = 0;
        }
    }
}
