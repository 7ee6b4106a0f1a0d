using System.Numerics.Tensors;
using System.Runtime.Intrinsics;

namespace Detr.Kernels;

/// <summary>What normalisations sum over the rows of channels-last data, [segments, rows, channels].</summary>
internal static unsafe class ChannelMoments
{
    /// <summary>sums[s, c] = Σ x.</summary>
    internal static void Sum(WorkerPool pool, float* x, int segments, int rows, int channels, Span<float> sums)
        => ColumnSums.Run(pool, new Plain(x, channels), segments, rows, channels, sums);

    /// <summary>sums[s, c] = Σ (x − centre[s, c])².</summary>
    internal static void SquaredDifferences(WorkerPool pool, float* x, float* centre, int segments, int rows, int channels, Span<float> sums)
        => ColumnSums.Run(pool, new Squares(x, centre, channels), segments, rows, channels, sums);

    /// <summary>sums[s] = [Σ dy by channel, then Σ dy (x − centre[s, c]) by channel].</summary>
    internal static void GradientProducts(WorkerPool pool, float* x, float* centre, float* dy, int segments, int rows, int channels, Span<float> sums)
        => ColumnSums.Run(pool, new Products(x, centre, dy, channels), segments, rows, 2 * channels, sums);

    private readonly struct Plain(float* x, int channels) : IRowAccumulator
    {
        public void Add(int row, int segment, Span<float> sums)
            => TensorPrimitives.Add(sums, new ReadOnlySpan<float>(x + ((nint)row * channels), channels), sums);
    }

    private readonly struct Squares(float* x, float* centre, int channels) : IRowAccumulator
    {
        public void Add(int row, int segment, Span<float> sums)
        {
            float* line = x + ((nint)row * channels), middle = centre + ((nint)segment * channels);
            fixed (float* sum = sums)
            {
                int c = 0;
                for (; c + Vector256<float>.Count <= channels; c += Vector256<float>.Count)
                {
                    Vector256<float> difference = Vector256.Load(line + c) - Vector256.Load(middle + c);
                    (Vector256.Load(sum + c) + (difference * difference)).Store(sum + c);
                }

                for (; c < channels; c++)
                {
                    float difference = line[c] - middle[c];
                    sum[c] += difference * difference;
                }
            }
        }
    }

    private readonly struct Products(float* x, float* centre, float* dy, int channels) : IRowAccumulator
    {
        public void Add(int row, int segment, Span<float> sums)
        {
            float* line = x + ((nint)row * channels), gradient = dy + ((nint)row * channels), middle = centre + ((nint)segment * channels);
            fixed (float* sum = sums)
            {
                float* product = sum + channels;
                int c = 0;
                for (; c + Vector256<float>.Count <= channels; c += Vector256<float>.Count)
                {
                    Vector256<float> slope = Vector256.Load(gradient + c);
                    (Vector256.Load(sum + c) + slope).Store(sum + c);
                    (Vector256.Load(product + c) + (slope * (Vector256.Load(line + c) - Vector256.Load(middle + c)))).Store(product + c);
                }

                for (; c < channels; c++)
                {
                    sum[c] += gradient[c];
                    product[c] += gradient[c] * (line[c] - middle[c]);
                }
            }
        }
    }
}
