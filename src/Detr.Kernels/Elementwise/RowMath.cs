using System.Runtime.Intrinsics;

namespace Detr.Kernels;

/// <summary>Short runs of channels, where a call to something general would take longer than the work.</summary>
internal static unsafe class RowMath
{
    private const int Wide = 4 * 8;

    /// <summary>Σ aᵢ bᵢ.</summary>
    internal static float Dot(float* a, float* b, int length)
    {
        Vector256<float> sums = Vector256<float>.Zero;
        int i = 0;
        for (; i + Vector256<float>.Count <= length; i += Vector256<float>.Count)
        {
            sums = Vector256.MultiplyAddEstimate(Vector256.Load(a + i), Vector256.Load(b + i), sums);
        }

        float sum = Vector256.Sum(sums);
        for (; i < length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }

    /// <summary>y += factor · x.</summary>
    internal static void AddScaled(float* x, float factor, float* y, int length)
    {
        Vector256<float> factors = Vector256.Create(factor);
        int i = 0;
        for (; i + Vector256<float>.Count <= length; i += Vector256<float>.Count)
        {
            Vector256.MultiplyAddEstimate(Vector256.Load(x + i), factors, Vector256.Load(y + i)).Store(y + i);
        }

        for (; i < length; i++)
        {
            y[i] += x[i] * factor;
        }
    }

    /// <summary>y = Σ weightᵢ · row that begins offsetᵢ elements into rows, of an even number of rows.</summary>
    /// <remarks>Wide rows are taken two at a time, each with sums of its own, so that fewer multiply-adds wait for the one before.</remarks>
    internal static void WeightedSum(float* weights, int* offsets, int count, float* rows, float* y, int length)
    {
        int c = 0;
        for (; c + Wide <= length; c += Wide)
        {
            Vector256<float> first = Vector256<float>.Zero, second = first, third = first, fourth = first;
            Vector256<float> fifth = first, sixth = first, seventh = first, eighth = first;
            for (int i = 0; i < count; i += 2)
            {
                float* row = rows + offsets[i] + c, next = rows + offsets[i + 1] + c;
                Vector256<float> weight = Vector256.Create(weights[i]), other = Vector256.Create(weights[i + 1]);
                first = Vector256.MultiplyAddEstimate(Vector256.Load(row), weight, first);
                second = Vector256.MultiplyAddEstimate(Vector256.Load(row + 8), weight, second);
                third = Vector256.MultiplyAddEstimate(Vector256.Load(row + 16), weight, third);
                fourth = Vector256.MultiplyAddEstimate(Vector256.Load(row + 24), weight, fourth);
                fifth = Vector256.MultiplyAddEstimate(Vector256.Load(next), other, fifth);
                sixth = Vector256.MultiplyAddEstimate(Vector256.Load(next + 8), other, sixth);
                seventh = Vector256.MultiplyAddEstimate(Vector256.Load(next + 16), other, seventh);
                eighth = Vector256.MultiplyAddEstimate(Vector256.Load(next + 24), other, eighth);
            }

            (first + fifth).Store(y + c);
            (second + sixth).Store(y + c + 8);
            (third + seventh).Store(y + c + 16);
            (fourth + eighth).Store(y + c + 24);
        }

        for (; c + Vector256<float>.Count <= length; c += Vector256<float>.Count)
        {
            Vector256<float> sum = Vector256<float>.Zero;
            for (int i = 0; i < count; i++)
            {
                sum = Vector256.MultiplyAddEstimate(Vector256.Load(rows + offsets[i] + c), Vector256.Create(weights[i]), sum);
            }

            sum.Store(y + c);
        }

        for (; c < length; c++)
        {
            float sum = 0f;
            for (int i = 0; i < count; i++)
            {
                sum += rows[offsets[i] + c] * weights[i];
            }

            y[c] = sum;
        }
    }
}
