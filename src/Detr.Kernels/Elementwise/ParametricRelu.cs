using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.Intrinsics;

namespace Detr.Kernels;

/// <summary>y = x where x is positive, else a x, with one learnt slope a (He et al. 2015, "Delving deep into rectifiers", equation 1).</summary>
public static unsafe class ParametricRelu
{
    // Runs are what threads share; the sums of the slope's gradient are in single precision within a run, in double over runs.
    private const int RunLength = 1024;
    private const int RunsPerThread = 16;

    /// <summary>The forward pass.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="x">The arguments.</param>
    /// <param name="slope">a.</param>
    /// <param name="y">The values, as many; may be x itself.</param>
    public static void Forward(WorkerPool pool, ReadOnlySpan<float> x, float slope, Span<float> y) => ElementLoop.Run(pool, new Bend(slope), x, x, y);

    /// <summary>The backward pass: dx = dy where x is positive, else a dy.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="x">The forward pass's arguments.</param>
    /// <param name="slope">As in the forward pass.</param>
    /// <param name="dy">The gradient of the values.</param>
    /// <param name="dx">The gradient of the arguments; may be dy itself.</param>
    /// <returns>The gradient of the slope, Σ min(x, 0) dy.</returns>
    /// <exception cref="ArgumentException">The spans are not of one length.</exception>
    public static double Backward(WorkerPool pool, ReadOnlySpan<float> x, float slope, ReadOnlySpan<float> dy, Span<float> dx)
    {
        if (dy.Length != x.Length || dx.Length != x.Length)
        {
            throw new ArgumentException($"Gradients of {dy.Length} and {dx.Length} elements do not fit {x.Length} arguments.", nameof(dx));
        }

        int runs = (int)(((long)x.Length + RunLength - 1) / RunLength);
        double[] sums = ArrayPool<double>.Shared.Rent(Math.Max(1, runs));
        try
        {
            fixed (float* px = x, pdy = dy, pdx = dx)
            {
                fixed (double* ps = sums)
                {
                    BackwardBody body = new() { X = px, Dy = pdy, Dx = pdx, Length = x.Length, Bend = new Bend(slope), Sums = ps };
                    pool.For(runs, RunsPerThread, ref body);
                }
            }

            return Reduction.SumInOrder(sums.AsSpan(0, runs));
        }
        finally
        {
            ArrayPool<double>.Shared.Return(sums);
        }
    }

    /// <summary>y = b where a is positive, else slope · b.</summary>
    private readonly struct Bend(float slope) : IElementFunction
    {
        public void Apply(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y)
        {
            int i = 0;
            for (; i + Vector256<float>.Count <= y.Length; i += Vector256<float>.Count)
            {
                Vector256<float> value = Vector256.Create(b[i..]);
                Vector256.ConditionalSelect(Vector256.GreaterThan(Vector256.Create(a[i..]), Vector256<float>.Zero), value, slope * value).CopyTo(y[i..]);
            }

            for (; i < y.Length; i++)
            {
                y[i] = a[i] > 0f ? b[i] : slope * b[i];
            }
        }
    }

    private struct BackwardBody : IRangeBody
    {
        internal float* X;
        internal float* Dy;
        internal float* Dx;
        internal int Length;
        internal Bend Bend;
        internal double* Sums;

        public readonly void Execute(int start, int end)
        {
            float* stack = stackalloc float[RunLength + Alignment.Slack];
            Span<float> scratch = new(Alignment.Up(stack), RunLength);
            for (int run = start; run < end; run++)
            {
                int offset = run * RunLength, count = Math.Min(RunLength, Length - offset);
                ReadOnlySpan<float> x = new(X + offset, count), dy = new(Dy + offset, count);
                Span<float> negative = scratch[..count];
                TensorPrimitives.Min(x, 0f, negative);
                Sums[run] = TensorPrimitives.Dot<float>(negative, dy);
                Bend.Apply(x, dy, new Span<float>(Dx + offset, count));
            }
        }
    }
}
