using System.Numerics;
using System.Numerics.Tensors;

namespace Detr.Kernels;

/// <summary>The largest value of each window, by channel.</summary>
public static unsafe class MaxPooling
{
    /// <summary>The forward pass.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="x">[batch, height, width, channels].</param>
    /// <param name="y">[batch, output height, output width, channels].</param>
    /// <param name="positions">Where each largest value stands in x, for the backward pass; or empty.</param>
    /// <exception cref="ArgumentException">A span is not of the shape's size, or a window may lie in the padding alone.</exception>
    public static void Forward(WorkerPool pool, in PoolingShape shape, ReadOnlySpan<float> x, Span<float> y, Span<int> positions)
    {
        Check(shape, x.Length, y.Length, positions.IsEmpty ? y.Length : positions.Length);
        fixed (float* px = x, py = y)
        fixed (int* pp = positions)
        {
            Body<float> body = new() { Shape = shape, X = px, Y = py, Positions = pp };
            pool.For(shape.Batch * shape.OutputHeight, 1, ref body);
        }
    }

    /// <summary>The forward pass over bytes.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="x">[batch, height, width, channels].</param>
    /// <param name="y">[batch, output height, output width, channels].</param>
    /// <exception cref="ArgumentException">A span is not of the shape's size, or a window may lie in the padding alone.</exception>
    public static void Forward(WorkerPool pool, in PoolingShape shape, ReadOnlySpan<byte> x, Span<byte> y)
    {
        Check(shape, x.Length, y.Length, y.Length);
        fixed (byte* px = x, py = y)
        {
            Body<byte> body = new() { Shape = shape, X = px, Y = py };
            pool.For(shape.Batch * shape.OutputHeight, 1, ref body);
        }
    }

    /// <summary>The backward pass: each gradient goes to where the largest value was.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="dy">[batch, output height, output width, channels].</param>
    /// <param name="positions">From the forward pass.</param>
    /// <param name="dx">[batch, height, width, channels]; overwritten.</param>
    /// <exception cref="ArgumentException">A span is not of the shape's size, or a position is not in its image.</exception>
    public static void Backward(WorkerPool pool, in PoolingShape shape, ReadOnlySpan<float> dy, ReadOnlySpan<int> positions, Span<float> dx)
    {
        Check(shape, dx.Length, dy.Length, positions.Length);
        fixed (float* pdy = dy, pdx = dx)
        fixed (int* pp = positions)
        {
            BackwardBody body = new() { Dy = pdy, Positions = pp, Dx = pdx, Inputs = dx.Length / shape.Batch, Outputs = dy.Length / shape.Batch };
            pool.For(shape.Batch, 1, ref body);
        }
    }

    private static void Check(in PoolingShape shape, int x, int y, int positions)
    {
        if (shape.Batch < 1 || shape.Kernel < 1 || shape.Stride < 1 || shape.Padding < 0 || 2 * shape.Padding > shape.Kernel)
        {
            throw new ArgumentException($"A window of {shape.Kernel} with stride {shape.Stride} and padding {shape.Padding} over {shape.Batch} images is no pooling.", nameof(shape));
        }

        if (x != (long)shape.Batch * shape.Height * shape.Width * shape.Channels
            || y != (long)shape.Batch * shape.OutputHeight * shape.OutputWidth * shape.Channels || positions != y)
        {
            throw new ArgumentException($"{x} and {y} elements and {positions} positions are not those of the pooling {shape}.", nameof(shape));
        }
    }

    private struct BackwardBody : IRangeBody
    {
        internal float* Dy;
        internal int* Positions;
        internal float* Dx;
        internal int Inputs;
        internal int Outputs;

        public readonly void Execute(int start, int end)
        {
            for (int image = start; image < end; image++)
            {
                int first = image * Inputs;
                Span<float> dx = new(Dx + first, Inputs);
                dx.Clear();
                for (int i = image * Outputs; i < (image + 1) * Outputs; i++)
                {
                    int place = Positions[i] - first;
                    if ((uint)place >= (uint)dx.Length)
                    {
                        throw new ArgumentException($"Position {Positions[i]} is not in image {image}.");
                    }

                    dx[place] += Dy[i];
                }
            }
        }
    }

    private struct Body<T> : IRangeBody
        where T : unmanaged, INumber<T>
    {
        internal PoolingShape Shape;
        internal T* X;
        internal T* Y;
        internal int* Positions;

        public readonly void Execute(int start, int end)
        {
            int channels = Shape.Channels;
            for (int line = start; line < end; line++)
            {
                (int image, int i) = Math.DivRem(line, Shape.OutputHeight);
                for (int j = 0; j < Shape.OutputWidth; j++)
                {
                    nint target = (((nint)line * Shape.OutputWidth) + j) * channels;
                    Span<T> y = new(Y + target, channels);
                    Span<int> positions = Positions == null ? default : new(Positions + target, channels);
                    bool first = true;
                    for (int p = 0; p < Shape.Kernel; p++)
                    {
                        int row = (i * Shape.Stride) + p - Shape.Padding;
                        for (int q = 0; q < Shape.Kernel && (uint)row < (uint)Shape.Height; q++)
                        {
                            int column = (j * Shape.Stride) + q - Shape.Padding;
                            if ((uint)column < (uint)Shape.Width)
                            {
                                int source = ((((image * Shape.Height) + row) * Shape.Width) + column) * channels;
                                Take(new ReadOnlySpan<T>(X + source, channels), y, positions, source, first);
                                first = false;
                            }
                        }
                    }
                }
            }
        }

        private static void Take(ReadOnlySpan<T> x, Span<T> y, Span<int> positions, int source, bool first)
        {
            if (first)
            {
                x.CopyTo(y);
                for (int c = 0; c < positions.Length; c++)
                {
                    positions[c] = source + c;
                }
            }
            else if (positions.IsEmpty)
            {
                TensorPrimitives.Max(x, y, y);
            }
            else
            {
                for (int c = 0; c < x.Length; c++)
                {
                    // A value that is no number wins and stays, as it does in the vectorised maximum.
                    if (x[c] > y[c] || T.IsNaN(x[c]))
                    {
                        y[c] = x[c];
                        positions[c] = source + c;
                    }
                }
            }
        }
    }
}
