using System.Runtime.CompilerServices;

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

                Advance(ref tap, ref channel);
            }

            return scratch;
        }

        // Forward, all weights of a column stand together: column by column, each is read from memory once.
        for (int c = 0; c < columns; c++)
        {
            (int tap, int channel) = Math.DivRem(depthStart, _channels);
            float* source = weight + ((column + c) * columnStep);
            float* target = scratch + c;
            for (int k = 0; k < depth; k++, target += width)
            {
                *target = source[taps[tap] + (channel * depthStep)];
                Advance(ref tap, ref channel);
            }
        }

        return scratch;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Advance(ref int tap, ref int channel)
    {
        if (++channel == _channels)
        {
            channel = 0;
            tap++;
        }
    }
}
