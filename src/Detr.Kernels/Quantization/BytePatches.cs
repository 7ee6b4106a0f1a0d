using System.Runtime.Intrinsics;

namespace Detr.Kernels;

/// <summary>
/// An image of bytes seen as a matrix: a row for each output cell, and along the depth the channels under each tap in turn.
/// </summary>
internal readonly unsafe struct BytePatches(byte* image, in ConvolutionShape shape, byte padding)
{
    // Short runs, such as the first layer's, are copied by one vector whose end the next run writes over.
    private const int ShortRun = 32;

    private readonly byte* _image = image;
    private readonly byte* _lastShortRun = image + shape.InputLength - ShortRun;
    private readonly ConvolutionShape _shape = shape;
    private readonly byte _padding = padding;
    private readonly int _outputHeight = shape.OutputHeight;
    private readonly int _outputWidth = shape.OutputWidth;

    /// <summary>Writes rows of the matrix; what fills a row up to <paramref name="stride"/> is anything.</summary>
    /// <param name="first">The first row.</param>
    /// <param name="count">How many.</param>
    /// <param name="target">Takes them.</param>
    /// <param name="stride">Bytes from one row to the next.</param>
    internal void Copy(int first, int count, byte* target, nint stride)
    {
        (int line, int x) = Math.DivRem(first, _outputWidth);
        (int image, int y) = Math.DivRem(line, _outputHeight);
        byte* lastShortRun = target + (count * stride) - ShortRun;
        for (int i = 0; i < count; i++, target += stride)
        {
            Row(image, (y * _shape.Stride) - _shape.Padding, (x * _shape.Stride) - _shape.Padding, target, lastShortRun);
            if (++x == _outputWidth)
            {
                x = 0;
                if (++y == _outputHeight)
                {
                    y = 0;
                    image++;
                }
            }
        }
    }

    private void Row(int image, int top, int left, byte* target, byte* lastShortRun)
    {
        int channels = _shape.InputChannels, line = _shape.KernelWidth * channels;
        bool isRun = _shape.Dilation == 1 && left >= 0 && left + _shape.KernelWidth <= _shape.Width;
        for (int p = 0; p < _shape.KernelHeight; p++, target += line)
        {
            int y = top + (p * _shape.Dilation);
            if ((uint)y >= (uint)_shape.Height)
            {
                new Span<byte>(target, line).Fill(_padding);
                continue;
            }

            byte* source = _image + ((((nint)image * _shape.Height) + y) * _shape.Width * channels);
            if (isRun)
            {
                source += (nint)left * channels;
                if (line <= ShortRun && source <= _lastShortRun && target <= lastShortRun)
                {
                    Vector256.Load(source).Store(target);
                }
                else
                {
                    new ReadOnlySpan<byte>(source, line).CopyTo(new Span<byte>(target, line));
                }

                continue;
            }

            for (int q = 0; q < _shape.KernelWidth; q++)
            {
                int x = left + (q * _shape.Dilation);
                Span<byte> tap = new(target + (q * channels), channels);
                if ((uint)x < (uint)_shape.Width)
                {
                    new ReadOnlySpan<byte>(source + ((nint)x * channels), channels).CopyTo(tap);
                }
                else
                {
                    tap.Fill(_padding);
                }
            }
        }
    }
}
