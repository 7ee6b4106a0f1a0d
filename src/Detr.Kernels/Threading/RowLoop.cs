namespace Detr.Kernels;

/// <summary>Applies a function of whole rows to a matrix, rows split over threads.</summary>
internal static unsafe class RowLoop
{
    internal static void Run<TFunction>(WorkerPool pool, TFunction function, ReadOnlySpan<float> a, ReadOnlySpan<float> b, int rows, int columns, Span<float> y)
        where TFunction : struct, IElementFunction
    {
        long length = (long)rows * columns;
        if (a.Length != length || b.Length != length || y.Length != length)
        {
            throw new ArgumentException($"{a.Length}, {b.Length} and {y.Length} elements are not {rows} × {columns}.", nameof(y));
        }

        if (columns == 0)
        {
            return;
        }

        fixed (float* pa = a, pb = b, py = y)
        {
            Body<TFunction> body = new() { Function = function, A = pa, B = pb, Y = py, Columns = columns };
            pool.For(rows, Grain.Rows(columns), ref body);
        }
    }

    private struct Body<TFunction> : IRangeBody
        where TFunction : struct, IElementFunction
    {
        internal TFunction Function;
        internal float* A;
        internal float* B;
        internal float* Y;
        internal int Columns;

        public readonly void Execute(int start, int end)
        {
            for (int row = start; row < end; row++)
            {
                nint offset = (nint)row * Columns;
                Function.Apply(new(A + offset, Columns), new(B + offset, Columns), new(Y + offset, Columns));
            }
        }
    }
}
