using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Detr.Kernels;

/// <summary>What normalisations measure over the rows of channels-last data, [segments, rows, channels].</summary>
internal static unsafe class ChannelMoments
{
    private const int BlockRows = 128;

    // Columns are summed a cache line at a time, down all rows of a block, with the sums in registers.
    private static readonly int LineLength = 2 * Vector256<float>.Count;

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
                float* mean = Partial + ((nint)task * 2 * Channels), squares = mean + Channels;
                int c = 0;
                for (; c + LineLength <= Channels; c += LineLength)
                {
                    MeasureLine(x + c, count, mean + c, squares + c);
                }

                for (; c < Channels; c++)
                {
                    mean[c] = SumColumn(x + c, count, 0f, squared: false) / count;
                    squares[c] = SumColumn(x + c, count, mean[c], squared: true);
                }
            }
        }

        private readonly void MeasureLine(float* x, int rows, float* mean, float* squares)
        {
            (Vector256<float> left, Vector256<float> right) = SumColumns(x, rows, Vector256<float>.Zero, Vector256<float>.Zero, squared: false);
            (left, right) = (left * (1f / rows), right * (1f / rows));
            left.Store(mean);
            right.Store(mean + Vector256<float>.Count);
            (left, right) = SumColumns(x, rows, left, right, squared: true);
            left.Store(squares);
            right.Store(squares + Vector256<float>.Count);
        }

        /// <summary>Σ (x − centre) or its square, down some rows of a cache line's columns; even and odd rows side by side.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private readonly (Vector256<float> Left, Vector256<float> Right) SumColumns(
            float* x, int rows, Vector256<float> centreLeft, Vector256<float> centreRight, bool squared)
        {
            Vector256<float> left0 = Vector256<float>.Zero, right0 = left0, left1 = left0, right1 = left0;
            nint step = Channels;
            int row = 0;
            for (; row + 2 <= rows; row += 2, x += 2 * step)
            {
                left0 += Term(Vector256.Load(x) - centreLeft, squared);
                right0 += Term(Vector256.Load(x + Vector256<float>.Count) - centreRight, squared);
                left1 += Term(Vector256.Load(x + step) - centreLeft, squared);
                right1 += Term(Vector256.Load(x + step + Vector256<float>.Count) - centreRight, squared);
            }

            if (row < rows)
            {
                left0 += Term(Vector256.Load(x) - centreLeft, squared);
                right0 += Term(Vector256.Load(x + Vector256<float>.Count) - centreRight, squared);
            }

            return (left0 + left1, right0 + right1);
        }

        private readonly float SumColumn(float* x, int rows, float centre, bool squared)
        {
            float sum = 0f;
            for (int row = 0; row < rows; row++, x += Channels)
            {
                float difference = *x - centre;
                sum += squared ? difference * difference : difference;
            }

            return sum;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector256<float> Term(Vector256<float> difference, bool squared) => squared ? difference * difference : difference;
    }

    private readonly struct Products(float* x, float* centre, MaskedGradient gradient, int channels) : IRowAccumulator
    {
        public void AddRows(int first, int last, int segment, Span<float> sums)
        {
            float* middle = centre + ((nint)segment * channels);
            int c = 0;
            for (; c + LineLength <= channels; c += LineLength)
            {
                AddLine(((nint)first * channels) + c, last - first, middle + c, sums[c..], sums[(channels + c)..]);
            }

            for (; c < channels; c++)
            {
                for (int row = first; row < last; row++)
                {
                    nint place = ((nint)row * channels) + c;
                    float slope = gradient.ReadOne(place);
                    sums[c] += slope;
                    sums[channels + c] += slope * (x[place] - middle[c]);
                }
            }
        }

        /// <summary>Both sums down some rows of a cache line's columns.</summary>
        private void AddLine(nint place, int rows, float* middle, Span<float> sums, Span<float> products)
        {
            // Copies, so that no store makes the processor read the fields again.
            MaskedGradient read = gradient;
            float* values = x;
            nint step = channels;
            Vector256<float> middleLeft = Vector256.Load(middle), middleRight = Vector256.Load(middle + Vector256<float>.Count);
            Vector256<float> sumLeft = Vector256<float>.Zero, sumRight = sumLeft, productLeft = sumLeft, productRight = sumLeft;
            for (int row = 0; row < rows; row++, place += step)
            {
                Vector256<float> left = read.Read(place), right = read.Read(place + Vector256<float>.Count);
                sumLeft += left;
                sumRight += right;
                productLeft += left * (Vector256.Load(values + place) - middleLeft);
                productRight += right * (Vector256.Load(values + place + Vector256<float>.Count) - middleRight);
            }

            sumLeft.CopyTo(sums);
            sumRight.CopyTo(sums[Vector256<float>.Count..]);
            productLeft.CopyTo(products);
            productRight.CopyTo(products[Vector256<float>.Count..]);
        }
    }
}
