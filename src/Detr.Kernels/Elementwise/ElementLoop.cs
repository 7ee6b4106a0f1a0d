namespace Detr.Kernels;

/// <summary>Splits element-wise work into runs that stay in the first-level cache, and the runs over threads.</summary>
internal static unsafe class ElementLoop
{
    private const int RunLength = 4096;

    // Below this much work, waking another thread costs more than it saves.
    private const int RunsPerThread = 8;

    internal static void Run<TFunction>(WorkerPool pool, ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y)
        where TFunction : struct, IElementFunction
        => Run(pool, default(TFunction), a, b, y);

    internal static void Run<TFunction>(WorkerPool pool, TFunction function, ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y)
        where TFunction : struct, IElementFunction
    {
        if (a.Length != y.Length || b.Length != y.Length)
        {
            throw new ArgumentException($"Operands of {a.Length} and {b.Length} elements do not make {y.Length}.", nameof(y));
        }

        fixed (float* pa = a, pb = b, py = y)
        {
            Body<TFunction> body = new() { Function = function, A = pa, B = pb, Y = py, Length = y.Length };
            pool.For((y.Length + RunLength - 1) / RunLength, RunsPerThread, ref body);
        }
    }

    private struct Body<TFunction> : IRangeBody
        where TFunction : struct, IElementFunction
    {
        internal TFunction Function;
        internal float* A;
        internal float* B;
        internal float* Y;
        internal int Length;

        public readonly void Execute(int start, int end)
        {
            for (int run = start; run < end; run++)
            {
                int offset = run * RunLength;
                int count = Math.Min(RunLength, Length - offset);
                Function.Apply(new(A + offset, count), new(B + offset, count), new(Y + offset, count));
            }
        }
    }
}
