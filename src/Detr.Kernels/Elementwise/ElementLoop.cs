namespace Detr.Kernels;

/// <summary>Applies a function to equal pieces of arrays, pieces split over threads: runs of elements, or the rows of a matrix.</summary>
internal static unsafe class ElementLoop
{
    // A run of three arrays stays in the first-level cache.
    private const int RunLength = 4096;

    // Below this much work, waking another thread costs more than it saves.
    private const int RunsPerThread = 8;

    /// <summary>y = f(a, b), element by element.</summary>
    internal static void Run<TFunction>(WorkerPool pool, ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y)
        where TFunction : struct, IElementFunction
        => Run(pool, default(TFunction), a, b, y);

    /// <summary>y = f(a, b), element by element.</summary>
    internal static void Run<TFunction>(WorkerPool pool, TFunction function, ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y)
        where TFunction : struct, IElementFunction
    {
        if (a.Length != y.Length || b.Length != y.Length)
        {
            throw new ArgumentException($"Operands of {a.Length} and {b.Length} elements do not make {y.Length}.", nameof(y));
        }

        RunPieces(pool, function, a, b, y, RunLength, RunsPerThread);
    }

    /// <summary>y = f(a, b), row by row.</summary>
    internal static void RunRows<TFunction>(WorkerPool pool, TFunction function, ReadOnlySpan<float> a, ReadOnlySpan<float> b, int rows, int columns, Span<float> y)
        where TFunction : struct, IElementFunction
    {
        long length = (long)rows * columns;
        if (a.Length != length || b.Length != length || y.Length != length)
        {
            throw new ArgumentException($"{a.Length}, {b.Length} and {y.Length} elements are not {rows} × {columns}.", nameof(y));
        }

        RunPieces(pool, function, a, b, y, Math.Max(1, columns), Grain.Rows(columns));
    }

    private static void RunPieces<TFunction>(
        WorkerPool pool, TFunction function, ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y, int pieceLength, int piecesPerThread)
        where TFunction : struct, IElementFunction
    {
        fixed (float* pa = a, pb = b, py = y)
        {
            Body<TFunction> body = new() { Function = function, A = pa, B = pb, Y = py, Length = y.Length, PieceLength = pieceLength };
            pool.For((int)(((long)y.Length + pieceLength - 1) / pieceLength), piecesPerThread, ref body);
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
        internal int PieceLength;

        public readonly void Execute(int start, int end)
        {
            for (int piece = start; piece < end; piece++)
            {
                int offset = piece * PieceLength;
                int count = Math.Min(PieceLength, Length - offset);
                Function.Apply(new(A + offset, count), new(B + offset, count), new(Y + offset, count));
            }
        }
    }
}
