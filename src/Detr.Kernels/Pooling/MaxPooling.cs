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
    public static void Forward(WorkerPool pool, in PoolingShape shape, ReadOnlySpan<float> x, Span<float> y, Span<int> positions)
    {
        fixed (float* px = x, py = y)
        fixed (int* pp = positions)
        {
            Body body = new() { Shape = shape, X = px, Y = py, Positions = pp };
            pool.For(shape.Batch * shape.OutputHeight, 1, ref body);
        }
    }

    /// <summary>The backward pass: each gradient goes to where the largest value was.</summary>
    /// <param name="dy">[batch, output height, output width, channels].</param>
    /// <param name="positions">From the forward pass.</param>
    /// <param name="dx">[batch, height, width, channels]; overwritten.</param>
    public static void Backward(ReadOnlySpan<float> dy, ReadOnlySpan<int> positions, Span<float> dx)
    {
        dx.Clear();
        for (int i = 0; i < dy.Length; i++)
        {
            dx[positions[i]] += dy[i];
        }
    }

    private struct Body : IRangeBody
    {
        internal PoolingShape Shape;
        internal float* X;
        internal float* Y;
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
                    Span<float> y = new(Y + target, channels);
                    y.Fill(float.NegativeInfinity);
                    for (int p = 0; p < Shape.Kernel; p++)
                    {
                        int row = (i * Shape.Stride) + p - Shape.Padding;
                        for (int q = 0; q < Shape.Kernel && (uint)row < (uint)Shape.Height; q++)
                        {
                            int column = (j * Shape.Stride) + q - Shape.Padding;
                            if ((uint)column < (uint)Shape.Width)
                            {
                                int source = ((((image * Shape.Height) + row) * Shape.Width) + column) * channels;
                                Take(new ReadOnlySpan<float>(X + source, channels), y, Positions == null ? default : new Span<int>(Positions + target, channels), source);
                            }
                        }
                    }
                }
            }
        }

        private static void Take(ReadOnlySpan<float> x, Span<float> y, Span<int> positions, int source)
        {
            if (positions.IsEmpty)
            {
                TensorPrimitives.Max(x, y, y);
                return;
            }

            for (int c = 0; c < x.Length; c++)
            {
                if (x[c] > y[c])
                {
                    y[c] = x[c];
                    positions[c] = source + c;
                }
            }
        }
    }
}
