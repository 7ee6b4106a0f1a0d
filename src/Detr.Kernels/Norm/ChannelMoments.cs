using System.Numerics.Tensors;
using System.Runtime.Intrinsics;

namespace Detr.Kernels;

/// <summary>What normalisations measure over the rows of channels-last data, [segments, rows, channels].</summary>
internal static unsafe class ChannelMoments
{
    private const int BlockRows = 128;

    /// <summary>Mean and biased variance of each segment's channels, [segments, channels].</summary>
    /// <remarks>
    /// Rows come from memory once: a block of them stays in the second-level cache while its own mean is found and then the
    /// squared differences to that mean, which do not cancel when the mean is large. Blocks are put together as by Chan,
    /// Golub and LeVeque (1979); they have a fixed size, so the order of the sums depends on the sizes alone.
    /// </remarks>
    internal static void Measure(WorkerPool pool, float* x, int segments, int rows, int channels, Span<float> mean, Span<float> variance)
    {
        int blocks = Math.Max(1, (rows + BlockRows - 1) / BlockRows);
        using ScratchMemory.Lease partial = pool.Scratch.Rent(checked(2 * segments * blocks * channels));
        MeasureBody body = new() { X = x, Partial = partial.Pointer, Rows = rows, Channels = channels, Blocks = blocks };
        pool.For(segments * blocks, Grain.Rows(Math.Min(rows, BlockRows) * channels), ref body);
        for (int i = 0; i < segments * channels; i++)
        {
            (int segment, int channel) = Math.DivRem(i, channels);
            (double average, double squares) = PutTogether(partial.Pointer + ((nint)segment * 2 * blocks * channels) + channel, blocks, rows, channels);
            mean[i] = (float)average;
            variance[i] = (float)(squares / rows);
        }
    }

    /// <summary>sums[s] = [Σ g by channel, then Σ g (x − centre[s, c]) by channel], g the gradient.</summary>
    internal static void GradientProducts(
        WorkerPool pool, float* x, float* centre, in MaskedGradient gradient, int segments, int rows, int channels, Span<float> sums)
        => ColumnSums.Run(pool, new Products(x, centre, gradient, channels), segments, rows, 2 * channels, sums);

    /// <summary>The mean of all blocks and the sum of squared differences to it: Σ m₂ + Σ n (mean of a block − mean)².</summary>
    private static (double Mean, double Squares) PutTogether(float* first, int blocks, int rows, int channels)
    {
        double sum = 0, squares = 0;
        for (int block = 0; block < blocks; block++)
        {
            float* moments = first + ((nint)block * 2 * channels);
            sum += (double)Count(block, rows) * moments[0];
            squares += moments[channels];
        }

        double mean = sum / rows;
        for (int block = 0; block < blocks; block++)
        {
            double difference = first[(nint)block * 2 * channels] - mean;
            squares += Count(block, rows) * difference * difference;
        }

        return (mean, squares);
    }

    private static int Count(int block, int rows) => Math.Min(BlockRows, rows - (block * BlockRows));

    private struct MeasureBody : IRangeBody
    {
        internal float* X;
        internal float* Partial;
        internal int Rows;
        internal int Channels;
        internal int Blocks;

        public readonly void Execute(int start, int end)
        {
            for (int task = start; task < end; task++)
            {
                (int segment, int block) = Math.DivRem(task, Blocks);
                int count = Count(block, Rows);
                float* x = X + ((((nint)segment * Rows) + (block * BlockRows)) * Channels);
                Span<float> mean = new(Partial + ((nint)task * 2 * Channels), Channels), squares = new(Partial + ((((nint)task * 2) + 1) * Channels), Channels);
                mean.Clear();
                squares.Clear();
                for (int row = 0; row < count; row++)
                {
                    TensorPrimitives.Add(mean, new ReadOnlySpan<float>(x + ((nint)row * Channels), Channels), mean);
                }

                TensorPrimitives.Multiply(mean, 1f / count, mean);
                for (int row = 0; row < count; row++)
                {
                    AddSquares(x + ((nint)row * Channels), mean, squares);
                }
            }
        }

        private static void AddSquares(float* x, ReadOnlySpan<float> mean, Span<float> squares)
        {
            fixed (float* centre = mean, sum = squares)
            {
                int c = 0;
                for (; c + Vector256<float>.Count <= squares.Length; c += Vector256<float>.Count)
                {
                    Vector256<float> difference = Vector256.Load(x + c) - Vector256.Load(centre + c);
                    (Vector256.Load(sum + c) + (difference * difference)).Store(sum + c);
                }

                for (; c < squares.Length; c++)
                {
                    float difference = x[c] - centre[c];
                    sum[c] += difference * difference;
                }
            }
        }
    }

    private readonly struct Products(float* x, float* centre, MaskedGradient gradient, int channels) : IRowAccumulator
    {
        public void Add(int row, int segment, Span<float> sums)
        {
            nint offset = (nint)row * channels;
            float* line = x + offset, middle = centre + ((nint)segment * channels);
            fixed (float* sum = sums)
            {
                float* product = sum + channels;
                int c = 0;
                for (; c + Vector256<float>.Count <= channels; c += Vector256<float>.Count)
                {
                    Vector256<float> slope = gradient.Read(offset + c);
                    (Vector256.Load(sum + c) + slope).Store(sum + c);
                    (Vector256.Load(product + c) + (slope * (Vector256.Load(line + c) - Vector256.Load(middle + c)))).Store(product + c);
                }

                for (; c < channels; c++)
                {
                    float slope = gradient.ReadOne(offset + c);
                    sum[c] += slope;
                    product[c] += slope * (line[c] - middle[c]);
                }
            }
        }
    }
}
