namespace Detr.Kernels;

/// <summary>
/// Sums over rows, one or more for each column, segment by segment (an image, or everything). Rows are read once, in
/// order, by blocks of a fixed size: blocks are what threads share, so the order of the sums depends on the sizes alone,
/// and rounding grows with a block's length and the number of blocks, not with their product.
/// </summary>
internal static unsafe class ColumnSums
{
    private const int BlockRows = 128;

    /// <summary>results[segment, i] = Σ over the segment's rows of what the accumulator adds to sum i.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="accumulator">Adds rows' terms.</param>
    /// <param name="segments">How many groups of rows have sums of their own.</param>
    /// <param name="rows">Rows of a segment.</param>
    /// <param name="width">Sums of a segment.</param>
    /// <param name="results">[segments, width]; overwritten.</param>
    /// <param name="rowLength">Elements that a row's terms are made from, if more than the sums.</param>
    internal static void Run<TAccumulator>(WorkerPool pool, TAccumulator accumulator, int segments, int rows, int width, Span<float> results, int rowLength = 0)
        where TAccumulator : struct, IRowAccumulator
    {
        int blocks = Math.Max(1, (rows + BlockRows - 1) / BlockRows);
        using ScratchMemory.Lease partial = pool.Scratch.Rent(checked(segments * blocks * width));
        Body<TAccumulator> body = new() { Accumulator = accumulator, Partial = partial.Pointer, Rows = rows, Width = width, Blocks = blocks };
        pool.For(segments * blocks, Grain.Rows(Math.Min(rows, BlockRows) * Math.Max(width, rowLength)), ref body);
        for (int segment = 0; segment < segments; segment++)
        {
            Span<float> sums = results.Slice(segment * width, width);
            float* first = partial.Pointer + ((nint)segment * blocks * width);
            for (int i = 0; i < width; i++)
            {
                double sum = 0;
                for (int block = 0; block < blocks; block++)
                {
                    sum += first[((nint)block * width) + i];
                }

                sums[i] = (float)sum;
            }
        }
    }

    private struct Body<TAccumulator> : IRangeBody
        where TAccumulator : struct, IRowAccumulator
    {
        internal TAccumulator Accumulator;
        internal float* Partial;
        internal int Rows;
        internal int Width;
        internal int Blocks;

        public readonly void Execute(int start, int end)
        {
            for (int task = start; task < end; task++)
            {
                (int segment, int block) = Math.DivRem(task, Blocks);
                Span<float> sums = new(Partial + ((nint)task * Width), Width);
                sums.Clear();
                int before = segment * Rows;
                Accumulator.AddRows(before + (block * BlockRows), before + Math.Min(Rows, (block + 1) * BlockRows), segment, sums);
            }
        }
    }
}
