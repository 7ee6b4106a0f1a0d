namespace Detr.Kernels;

/// <summary>
/// A 3 × 3 convolution of stride 1 by Winograd's F(4 × 4, 3 × 3) (Lavin and Gray 2016): a quarter of the multiplications,
/// for sums and differences before and after. Tiles are worked through in blocks whose transforms stay in the
/// second-level cache. Rounding errors are a few times those of the plain sum.
/// </summary>
internal static unsafe class WinogradConvolution
{
    // Transforms of a block of tiles: half of a second-level cache of 1 MB.
    private const int BlockElements = 128 * 1024;
    private const int FewestTiles = 16;
    private const int FewestChannels = 16;

    // A line of the first-level cache: keeps the 36 planes from falling into the same few of its sets.
    private const int PlanePadding = 16;

    /// <summary>Whether a kernel can be applied this way, and is worth it on images of usual sizes.</summary>
    internal static bool SuitsKernel(in ConvolutionShape shape)
        => Microkernel.Best.ExecuteInPlace != null
            && shape is { KernelHeight: 3, KernelWidth: 3, Stride: 1, Dilation: 1, Padding: >= 0 and <= 2, InputChannels: >= FewestChannels, OutputChannels: >= FewestChannels }
            && shape.InputChannels % WinogradTransform.Lanes == 0
            && shape.OutputChannels % WinogradTransform.Lanes == 0;

    /// <summary>Whether a convolution is worth doing this way although its kernel has to be transformed for it alone.</summary>
    internal static bool Suits(in ConvolutionShape shape)
        => SuitsKernel(shape) && CoversWell(new WinogradGrid(shape.Batch, shape.Height, shape.Width, shape.Padding));

    /// <summary>y = store(conv(x, w)).</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="grid">The tiles.</param>
    /// <param name="depth">Channels of x.</param>
    /// <param name="columns">Channels of y.</param>
    /// <param name="x">[images, height, width, depth].</param>
    /// <param name="weights">The kernel, transformed by <see cref="WinogradWeights"/>.</param>
    /// <param name="y">[images, output height, output width, columns].</param>
    /// <param name="store">What follows the product.</param>
    internal static void Execute(WorkerPool pool, in WinogradGrid grid, int depth, int columns, float* x, float* weights, float* y, in TileStore store)
    {
        Microkernel kernel = Microkernel.Best;
        int tiles = TilesInBlock(grid.Count, depth, kernel.Rows, pool.Threads);
        Body body = new()
        {
            Scratch = pool.Scratch, Kernel = kernel, Grid = grid, Depth = depth, Columns = columns, X = x, Weights = weights, Y = y, Output = store, Tiles = tiles,
        };

        // Too few tiles for the threads: they share the columns out, and each transforms the tiles for itself.
        int blocks = (grid.Count + tiles - 1) / tiles, panels = (columns + kernel.Columns - 1) / kernel.Columns;
        int groups = blocks < pool.Threads ? Math.Min(panels, pool.Threads) : 1;
        body.PanelsInGroup = (panels + groups - 1) / groups;
        body.Groups = (panels + body.PanelsInGroup - 1) / body.PanelsInGroup;
        pool.For(blocks * body.Groups, 1, ref body);
    }

    private static bool CoversWell(in WinogradGrid grid)
        => grid.Count >= FewestTiles && (long)grid.Count * WinogradTransform.Tile * WinogradTransform.Tile * 2 <= 3L * grid.Outputs;

    /// <summary>How many tiles make a block: as fits in the cache, and so that few blocks are shared out evenly.</summary>
    private static int TilesInBlock(int tiles, int depth, int rows, int threads)
    {
        int most = Math.Max(2, BlockElements / (WinogradTransform.Cells * depth * rows)) * rows;
        int blocks = (tiles + most - 1) / most;
        blocks = blocks > 1 && blocks < 4 * threads ? Math.Max(1, blocks / threads) * threads : blocks;
        int evenly = (tiles + blocks - 1) / blocks;
        return (evenly + rows - 1) / rows * rows;
    }

    private struct Body : IRangeBody
    {
        internal ScratchMemory Scratch;
        internal Microkernel Kernel;
        internal WinogradGrid Grid;
        internal int Depth;
        internal int Columns;
        internal float* X;
        internal float* Weights;
        internal float* Y;
        internal TileStore Output;
        internal int Tiles;
        internal int PanelsInGroup;
        internal int Groups;

        public readonly void Execute(int start, int end)
        {
            int inputPlane = (Tiles * Depth) + PlanePadding, outputPlane = (Tiles * Kernel.Columns) + PlanePadding;
            using ScratchMemory.Lease inputs = Scratch.Rent(WinogradTransform.Cells * inputPlane);
            using ScratchMemory.Lease outputs = Scratch.Rent(WinogradTransform.Cells * outputPlane);
            for (int task = start; task < end; task++)
            {
                (int block, int group) = Math.DivRem(task, Groups);
                int first = block * Tiles, count = Math.Min(Tiles, Grid.Count - first);
                int whole = count / Kernel.Rows * Kernel.Rows, left = count - whole;
                int rows = whole + (left == 0 ? 0 : left <= Kernel.FewRows ? Kernel.FewRows : Kernel.Rows);
                for (int tile = 0; tile < rows; tile++)
                {
                    // The last rows of a microkernel's tile repeat the last patch; what they give is not stored.
                    Grid.TransformInput(X, Depth, Depth, first + Math.Min(tile, count - 1), inputs.Pointer + ((nint)tile * Depth), inputPlane);
                }

                int firstColumn = group * PanelsInGroup * Kernel.Columns, endColumn = Math.Min(Columns, firstColumn + (PanelsInGroup * Kernel.Columns));
                float* panel = Weights + ((nint)firstColumn * Depth * WinogradTransform.Cells);
                for (int column = firstColumn; column < endColumn; column += Kernel.Columns)
                {
                    for (int cell = 0; cell < WinogradTransform.Cells; cell++, panel += (nint)Depth * Kernel.Columns)
                    {
                        float* a = inputs.Pointer + ((nint)cell * inputPlane), c = outputs.Pointer + ((nint)cell * outputPlane);
                        for (int row = 0; row < rows; row += Kernel.Rows)
                        {
                            (rows - row < Kernel.Rows ? Kernel.ExecuteFewInPlace : Kernel.ExecuteInPlace)(
                                Depth, a + ((nint)row * Depth), Depth * sizeof(float), panel, c + (row * Kernel.Columns));
                        }
                    }

                    for (int tile = 0; tile < count; tile++)
                    {
                        Store(first + tile, outputs.Pointer + (tile * Kernel.Columns), outputPlane, column, Math.Min(Kernel.Columns, Columns - column));
                    }
                }
            }
        }

        private readonly void Store(int tile, float* planes, nint planeStep, int column, int columns)
        {
            (int image, int y, int x) = Grid.Locate(tile);
            WinogradWindow inside = new(y, x, Grid.OutputHeight, Grid.OutputWidth, WinogradTransform.Tile);
            nint corner = ((((((nint)image * Grid.OutputHeight) + y) * Grid.OutputWidth) + x) * Columns) + column, rowStep = (nint)Grid.OutputWidth * Columns;
            bool plain = inside.IsWhole && Output.IsPlain;
            float* square = stackalloc float[WinogradTransform.Tile * WinogradTransform.Tile * WinogradTransform.Lanes];
            for (int c = 0; c < columns; c += WinogradTransform.Lanes)
            {
                if (plain)
                {
                    WinogradTransform.Output(planes + c, planeStep, Y + corner + c, rowStep, Columns);
                }
                else
                {
                    WinogradTransform.Output(planes + c, planeStep, square, WinogradTransform.Tile * WinogradTransform.Lanes, WinogradTransform.Lanes);
                    inside.CopyOut(square, Y, corner + c, rowStep, Columns, Output, column + c);
                }
            }
        }
    }
}
