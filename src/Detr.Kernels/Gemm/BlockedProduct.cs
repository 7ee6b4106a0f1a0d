namespace Detr.Kernels;

/// <summary>
/// The product's outer loops, after Goto and van de Geijn (2008): blocks of A are packed for the second-level cache,
/// panels of B for the first, and a microkernel makes one tile after the other. The order of sums depends on the sizes
/// alone, never on the number of threads.
/// </summary>
internal static unsafe class BlockedProduct
{
    // Packing all of B once pays when several blocks of rows use it and it is not too large to hold.
    private const int LargestPackedOperand = 4 << 20;

    // Lines of A that run across the depth give a few numbers to each panel: all panels take theirs while the lines are
    // in the first-level cache.
    private const int LinesAtOnce = 16;

    // A is read where it stands when it meets no more columns than these, or meets them all at once, and its rows do not
    // all fall into the same few lines of the first-level cache.
    private const int MostColumnsInPlace = 64;
    private const int CollidingStride = 2048;

    // Packed columns that stay in a second-level cache: then a few rows meet all of them before the next rows do, and
    // the result is written in one go from its first element to its last, as memory likes it.
    private const int ColumnsInCache = 64 * 1024;

    /// <summary>A product of two operands, the right one as it comes or packed already.</summary>
    internal static void Run<TA, TB>(WorkerPool pool, int rows, int columns, int depth, TA a, TB b, in RowTarget target, in TileStore store)
        where TA : struct, IRowSource
        where TB : struct, IColumnSource
    {
        Microkernel kernel = Microkernel.Best;
        ProductPlan plan = new(kernel, rows, columns, depth, pool.Threads, packsColumns: !TB.IsPacked);
        if (!TB.IsPacked && plan.RowBlocks > 1 && (long)depth * columns <= LargestPackedOperand)
        {
            using ScratchMemory.Lease packed = pool.Scratch.Rent(PackedColumns.Length(depth, columns, kernel.Columns));
            PackAll(pool, b, depth, columns, packed.Pointer);
            Run(pool, rows, columns, depth, a, new PackedColumns(packed.Pointer, depth), target, store);
            return;
        }

        Execute(pool, rows, columns, depth, a, b, target, store, plan);
    }

    /// <summary>Packs all panels of a right operand.</summary>
    internal static void PackAll<TB>(WorkerPool pool, TB b, int depth, int columns, float* packed)
        where TB : struct, IColumnSource
    {
        int width = Microkernel.Best.Columns;
        PackBody<TB> body = new() { B = b, Depth = depth, Columns = columns, Width = width, Packed = packed };
        pool.For((columns + width - 1) / width, 1, ref body);
    }

    private static void Execute<TA, TB>(
        WorkerPool pool, int rows, int columns, int depth, TA a, TB b, in RowTarget target, in TileStore store, in ProductPlan plan)
        where TA : struct, IRowSource
        where TB : struct, IColumnSource
    {
        if (rows == 0 || columns == 0)
        {
            return;
        }

        Body<TA, TB> body = new()
        {
            Scratch = pool.Scratch, Kernel = Microkernel.Best, Plan = plan, Rows = rows, Columns = columns, Depth = depth,
            A = a, B = b, Target = target, Output = store,
        };
        pool.For(plan.Tasks, 1, ref body);
    }

    private static void Tiles(
        in Microkernel kernel, float* packedA, int rows, int depth, float* panelB, int column, int columns,
        in RowTarget target, nint* offsets, in TileStore store)
    {
        float* tile = stackalloc float[Microkernel.LargestTile];
        for (int r = 0; r < rows; r += kernel.Rows)
        {
            int tileRows = Math.Min(kernel.Rows, rows - r);
            store.Prefetch(tileRows, columns, target.Elements, offsets + r, column);
            (tileRows <= kernel.FewRows ? kernel.ExecuteFew : kernel.Execute)(depth, packedA + ((nint)r * depth), panelB, tile);
            store.Store(tile, kernel.Columns, tileRows, columns, target.Elements, offsets + r, column);
        }
    }

    /// <summary>The same with A where it stands. A tile that is short of rows begins that many rows earlier, and stores only the new ones.</summary>
    private static void TilesInPlace(
        in Microkernel kernel, float* a, nint strideBytes, int rows, int depth, float* panelB, int column, int columns,
        in RowTarget target, nint* offsets, in TileStore store)
    {
        float* tile = stackalloc float[Microkernel.LargestTile];
        for (int r = 0; r < rows; r += kernel.Rows)
        {
            int tileRows = Math.Min(kernel.Rows, rows - r);
            store.Prefetch(tileRows, columns, target.Elements, offsets + r, column);
            bool few = tileRows <= kernel.FewRows;
            int again = (few ? kernel.FewRows : kernel.Rows) - tileRows;
            (few ? kernel.ExecuteFewInPlace : kernel.ExecuteInPlace)(depth, a + ((r - again) * (strideBytes / sizeof(float))), strideBytes, panelB, tile);
            store.Store(tile + (again * kernel.Columns), kernel.Columns, tileRows, columns, target.Elements, offsets + r, column);
        }
    }

    private static void PackRows<TA>(in Microkernel kernel, TA a, int rowStart, int rows, int depthStart, int depth, float* packed)
        where TA : struct, IRowSource
    {
        int step = a.AcrossDepth ? LinesAtOnce : depth;
        for (int k = 0; k < depth; k += step)
        {
            int steps = Math.Min(step, depth - k);
            for (int r = 0; r < rows; r += kernel.Rows)
            {
                a.Pack(rowStart + r, Math.Min(kernel.Rows, rows - r), kernel.Rows, depthStart + k, steps, packed + ((nint)r * depth) + (k * kernel.Rows));
            }
        }
    }

    private static TileStore StoreOf(in TileStore output, int depthStart, int depth, int allDepth)
        => depthStart + depth == allDepth ? output.Final(depthStart == 0) : output.Partial(depthStart == 0);

    private struct PackBody<TB> : IRangeBody
        where TB : struct, IColumnSource
    {
        internal TB B;
        internal int Depth;
        internal int Columns;
        internal int Width;
        internal float* Packed;

        public void Execute(int start, int end)
        {
            for (int panel = start; panel < end; panel++)
            {
                int column = panel * Width;
                B.Panel(column, Math.Min(Width, Columns - column), Width, 0, Depth, Packed + ((nint)column * Depth));
            }
        }
    }

    private struct Body<TA, TB> : IRangeBody
        where TA : struct, IRowSource
        where TB : struct, IColumnSource
    {
        internal ScratchMemory Scratch;
        internal Microkernel Kernel;
        internal ProductPlan Plan;
        internal int Rows;
        internal int Columns;
        internal int Depth;
        internal TA A;
        internal TB B;
        internal RowTarget Target;
        internal TileStore Output;

        public void Execute(int start, int end)
        {
            using ScratchMemory.Lease packed = Scratch.Rent(Plan.RowBlock * Plan.DepthBlock);
            using ScratchMemory.Lease panel = Scratch.Rent(Kernel.Columns * Plan.DepthBlock);
            nint* offsets = stackalloc nint[Plan.RowBlock];
            for (int task = start; task < end; task++)
            {
                (int rowIndex, int columnIndex) = Math.DivRem(task, Plan.ColumnBlocks);
                int row = rowIndex * Plan.RowBlock;
                int rows = Math.Min(Plan.RowBlock, Rows - row);
                int columnStart = columnIndex * Plan.Columns, columnEnd = Math.Min(Columns, columnStart + Plan.Columns);
                for (int r = 0; r < rows; r++)
                {
                    offsets[r] = Target.Offset(row + r);
                }

                int k = 0;
                do
                {
                    int depth = Math.Min(Plan.DepthBlock, Depth - k), columns = columnEnd - columnStart;
                    bool rowsFirst = TB.IsPacked && depth * columns <= ColumnsInCache;
                    TileStore store = StoreOf(Output, k, depth, Depth);
                    float* inPlace = InPlace(row, k, rowsFirst || columns <= MostColumnsInPlace, out nint strideBytes);
                    if (inPlace == null)
                    {
                        PackRows(Kernel, A, row, rows, k, depth, packed.Pointer);
                    }

                    int step = rowsFirst ? Kernel.Rows : rows;
                    for (int r = 0; r < rows; r += step)
                    {
                        for (int c = columnStart; c < columnEnd; c += Kernel.Columns)
                        {
                            int width = Math.Min(Kernel.Columns, columnEnd - c);
                            float* panelB = B.Panel(c, width, Kernel.Columns, k, depth, panel.Pointer);
                            if (inPlace == null)
                            {
                                Tiles(Kernel, packed.Pointer + ((nint)r * depth), Math.Min(step, rows - r), depth, panelB, c, width, Target, offsets + r, store);
                            }
                            else
                            {
                                TilesInPlace(
                                    Kernel, inPlace + (r * (strideBytes / sizeof(float))), strideBytes, Math.Min(step, rows - r), depth, panelB, c, width, Target, offsets + r, store);
                            }
                        }
                    }

                    k += depth;
                }
                while (k < Depth);
            }
        }

        /// <summary>The rows of A where they stand, unless packing them pays.</summary>
        private float* InPlace(int row, int depthStart, bool isWanted, out nint strideBytes)
        {
            strideBytes = 0;
            if (Kernel.ExecuteInPlace == null || !isWanted || Rows < Kernel.Rows)
            {
                return null;
            }

            float* rows = A.InPlace(row, depthStart, out strideBytes);
            return strideBytes % CollidingStride == 0 ? null : rows;
        }
    }
}
