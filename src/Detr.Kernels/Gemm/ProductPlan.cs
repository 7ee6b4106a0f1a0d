namespace Detr.Kernels;

/// <summary>How a product is cut: into tasks of rows × columns for threads, and into blocks of depth for caches.</summary>
internal readonly struct ProductPlan
{
    // 512 steps of a panel of 32 columns are 64 KB, which streams from the second-level cache faster than the microkernel
    // reads; a deeper block saves passes over the result.
    internal const int LargestDepthBlock = 512;

    // With a depth block, 192 rows of A are 384 KB: they stay in a second-level cache of 512 KB and more.
    private const int LargestRowBlock = 192;
    private const int ColumnBlock = 256;

    internal ProductPlan(in Microkernel kernel, int rows, int columns, int depth, int threads, bool packsColumns)
    {
        // Equal blocks: a short last one would cost a whole pass over the result.
        int depthBlocks = Math.Max(1, (depth + LargestDepthBlock - 1) / LargestDepthBlock);
        DepthBlock = (((depth + depthBlocks - 1) / depthBlocks) + 7) / 8 * 8;
        int rowPanels = Math.Max(1, (rows + kernel.Rows - 1) / kernel.Rows);
        int panelsPerBlock = Math.Max(1, LargestRowBlock / kernel.Rows);
        int blocks = (rowPanels + panelsPerBlock - 1) / panelsPerBlock;
        RowBlock = (rowPanels + blocks - 1) / blocks * kernel.Rows;
        RowBlocks = (rows + RowBlock - 1) / RowBlock;

        // A task that packs its own columns keeps them in cache, so it takes a block of them; one whose columns are packed
        // already takes them all, unless there are too few tasks to keep the threads busy.
        int columnBlocks = packsColumns ? (Math.Max(1, columns) + ColumnBlock - 1) / ColumnBlock : 1;
        int wanted = threads == 1 ? 1 : 3 * threads;
        while (RowBlocks * columnBlocks < wanted && columns / (columnBlocks + 1) >= kernel.Columns)
        {
            columnBlocks++;
        }

        int columnPanels = (Math.Max(1, columns) + kernel.Columns - 1) / kernel.Columns;
        Columns = (columnPanels + columnBlocks - 1) / columnBlocks * kernel.Columns;
        ColumnBlocks = (columns + Columns - 1) / Columns;
    }

    /// <summary>Steps of depth in a block; it depends on the depth alone, and with it the order of sums.</summary>
    internal int DepthBlock { get; }

    /// <summary>Rows in a task, a multiple of the tile's.</summary>
    internal int RowBlock { get; }

    /// <summary>How many blocks of rows there are.</summary>
    internal int RowBlocks { get; }

    /// <summary>Columns in a task, a multiple of the tile's.</summary>
    internal int Columns { get; }

    /// <summary>How many blocks of columns there are.</summary>
    internal int ColumnBlocks { get; }

    /// <summary>How many tasks there are.</summary>
    internal int Tasks => RowBlocks * ColumnBlocks;
}
