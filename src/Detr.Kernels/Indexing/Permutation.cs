namespace Detr.Kernels;

/// <summary>Reorders axes.</summary>
public static unsafe class Permutation
{
    private const int MaximumRank = 8;
    private const int Tile = 16;

    /// <summary>Axis i of y is axis axes[i] of x.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="shape">The shape of x.</param>
    /// <param name="axes">A permutation of 0 … rank − 1.</param>
    /// <param name="x">The elements.</param>
    /// <param name="y">As many, in the new order.</param>
    /// <exception cref="ArgumentException">The axes are not a permutation, or the lengths differ.</exception>
    public static void Execute(WorkerPool pool, ReadOnlySpan<int> shape, ReadOnlySpan<int> axes, ReadOnlySpan<float> x, Span<float> y)
    {
        Check(shape, axes, x.Length, y.Length);
        if (x.IsEmpty)
        {
            return;
        }

        // Runs of axes that stay together are one axis; what is left of most calls is one swap of two inner axes.
        Span<int> sizes = stackalloc int[MaximumRank], order = stackalloc int[MaximumRank];
        int rank = Merge(shape, axes, sizes, order);
        bool swapsInner = rank == 2 && order[0] == 1;
        bool swapsLastTwo = rank == 3 && order[0] == 0 && order[1] == 2;
        if (swapsInner || swapsLastTwo)
        {
            fixed (float* px = x, py = y)
            {
                int rows = sizes[rank - 2], columns = sizes[rank - 1];
                TransposeBody body = new() { X = px, Y = py, Rows = rows, Columns = columns, Tiles = (columns + Tile - 1) / Tile };
                pool.For((swapsInner ? 1 : sizes[0]) * body.Tiles, Math.Max(1, Grain.Rows(rows * Tile)), ref body);
            }

            return;
        }

        fixed (float* px = x, py = y)
        {
            RowsBody body = RowsBody.From(sizes[..rank], order[..rank]);
            body.X = px;
            body.Y = py;
            pool.For(x.Length / body.RowLength, Grain.Rows(body.RowLength), ref body);
        }
    }

    private static void Check(ReadOnlySpan<int> shape, ReadOnlySpan<int> axes, int lengthX, int lengthY)
    {
        int seen = 0;
        long length = 1;
        foreach (int size in shape)
        {
            length *= size;
        }

        foreach (int axis in axes)
        {
            seen |= (uint)axis < (uint)shape.Length ? 1 << axis : 0;
        }

        if (axes.Length != shape.Length || shape.Length > MaximumRank || seen != (1 << shape.Length) - 1 || lengthX != lengthY || lengthX != length)
        {
            throw new ArgumentException($"[{string.Join(", ", axes.ToArray())}] does not reorder the axes of [{string.Join(", ", shape.ToArray())}].", nameof(axes));
        }
    }

    private static int Merge(ReadOnlySpan<int> shape, ReadOnlySpan<int> axes, Span<int> sizes, Span<int> order)
    {
        Span<int> group = stackalloc int[MaximumRank];
        Span<bool> begins = stackalloc bool[MaximumRank];
        begins[..shape.Length].Fill(true);
        for (int i = 1; i < axes.Length; i++)
        {
            if (axes[i] == axes[i - 1] + 1)
            {
                begins[axes[i]] = false;
            }
        }

        int count = 0;
        for (int axis = 0; axis < shape.Length; axis++)
        {
            if (begins[axis])
            {
                sizes[count++] = 1;
            }

            sizes[count - 1] *= shape[axis];
            group[axis] = count - 1;
        }

        int rank = 0;
        foreach (int axis in axes)
        {
            if (begins[axis])
            {
                order[rank++] = group[axis];
            }
        }

        return rank;
    }

    /// <summary>Any order: y is written row by row along its last axis, each row read at one step.</summary>
    private struct RowsBody : IRangeBody
    {
        internal float* X;
        internal float* Y;
        private int _rank;
        private fixed int _sizes[MaximumRank];
        private fixed int _steps[MaximumRank];

        internal readonly int RowLength => _sizes[_rank - 1];

        internal static RowsBody From(ReadOnlySpan<int> sizes, ReadOnlySpan<int> order)
        {
            Span<int> steps = stackalloc int[MaximumRank];
            for (int i = sizes.Length - 1, step = 1; i >= 0; i--)
            {
                steps[i] = step;
                step *= sizes[i];
            }

            RowsBody body = default;
            foreach (int axis in order)
            {
                body._sizes[body._rank] = sizes[axis];
                body._steps[body._rank++] = steps[axis];
            }

            if (body._rank == 0)
            {
                body._steps[0] = 1;
                body._sizes[body._rank++] = 1;
            }

            return body;
        }

        public readonly void Execute(int start, int end)
        {
            int length = RowLength, step = _steps[_rank - 1];
            for (int row = start; row < end; row++)
            {
                nint source = 0;
                for (int axis = _rank - 2, rest = row; axis >= 0; axis--)
                {
                    (rest, int place) = Math.DivRem(rest, _sizes[axis]);
                    source += (nint)place * _steps[axis];
                }

                float* x = X + source, y = Y + ((nint)row * length);
                if (step == 1)
                {
                    new ReadOnlySpan<float>(x, length).CopyTo(new Span<float>(y, length));
                    continue;
                }

                for (int i = 0; i < length; i++)
                {
                    y[i] = x[(nint)i * step];
                }
            }
        }
    }

    private struct TransposeBody : IRangeBody
    {
        internal float* X;
        internal float* Y;
        internal int Rows;
        internal int Columns;
        internal int Tiles;

        public readonly void Execute(int start, int end)
        {
            for (int task = start; task < end; task++)
            {
                (int image, int tile) = Math.DivRem(task, Tiles);
                float* x = X + ((nint)image * Rows * Columns);
                float* y = Y + ((nint)image * Rows * Columns);
                int first = tile * Tile, last = Math.Min(first + Tile, Columns);
                for (int r0 = 0; r0 < Rows; r0 += Tile)
                {
                    int r1 = Math.Min(r0 + Tile, Rows);
                    for (int c = first; c < last; c++)
                    {
                        for (int r = r0; r < r1; r++)
                        {
                            y[((nint)c * Rows) + r] = x[((nint)r * Columns) + c];
                        }
                    }
                }
            }
        }
    }
}
