using System.Numerics.Tensors;

namespace Detr.Kernels;

/// <summary>
/// The gradient of a 3 × 3 kernel of stride 1 by Winograd's F(4 × 4, 3 × 3): y = Aᵀ[(G g Gᵀ) ⊙ (Bᵀ d B)]A is linear in g, so
/// dg = Gᵀ[Σ (A dy Aᵀ) ⊙ (Bᵀ d B)]G, the sum over all tiles. It is 36 products, as deep as there are tiles, of a quarter of the
/// plain gradient's multiplications.
/// </summary>
internal static unsafe class WinogradWeightGradient
{
    // Transforms of a block of tiles, 4 MB: they are read once for each panel of the other operand, from a cache if possible.
    private const int BlockElements = 1 << 20;
    private const int FewestTilesInBlock = 128;

    // Channels that fill whole groups of lanes and whole panels of rows, which are 6 or 12.
    private const int ChannelGroup = 24;

    /// <summary>dWeight = the gradient of the kernel.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="grid">The tiles.</param>
    /// <param name="inputs">Channels of x.</param>
    /// <param name="outputs">Channels of dy.</param>
    /// <param name="x">[images, height, width, inputs].</param>
    /// <param name="dy">[images, output height, output width, outputs].</param>
    /// <param name="dWeight">[outputs, inputs, 3, 3]; overwritten.</param>
    internal static void Execute(WorkerPool pool, in WinogradGrid grid, int inputs, int outputs, float* x, float* dy, float* dWeight)
    {
        Microkernel kernel = Microkernel.Best;
        int tiles = TilesInBlock(grid.Count, inputs + outputs);
        Panels rows = new(outputs, kernel.Rows, tiles), columns = new(inputs, kernel.Columns, tiles);
        using ScratchMemory.Lease gradients = pool.Scratch.Rent(rows.Length), patches = pool.Scratch.Rent(columns.Length);
        using ScratchMemory.Lease sums = pool.Scratch.Rent(checked(tiles < grid.Count ? rows.Count * columns.Count * SumsLength(kernel) : 1));
        TransformBody transform = new()
        {
            Grid = grid, X = x, Inputs = inputs, Dy = dy, Outputs = outputs, Rows = rows, Columns = columns, Gradients = gradients.Pointer, Patches = patches.Pointer,
        };
        ProductBody product = new()
        {
            Scratch = pool.Scratch, Kernel = kernel, Rows = rows, Columns = columns, Gradients = gradients.Pointer, Patches = patches.Pointer,
            Sums = sums.Pointer, Inputs = inputs, Outputs = outputs, Weight = dWeight,
        };
        for (int first = 0; first < grid.Count; first += tiles)
        {
            int count = Math.Min(tiles, grid.Count - first);
            transform.First = first;
            pool.For(count, Grain.Rows(WinogradTransform.Cells * (inputs + outputs)), ref transform);
            (product.Depth, product.IsFirst, product.IsLast) = (count, first == 0, first + count == grid.Count);
            pool.For(rows.Count * columns.Count, 1, ref product);
        }
    }

    /// <summary>How many tiles make a block; it depends on sizes alone, and with it the order of sums.</summary>
    private static int TilesInBlock(int tiles, int channels)
    {
        int most = Math.Max(FewestTilesInBlock, BlockElements / (WinogradTransform.Cells * channels));
        int blocks = (tiles + most - 1) / most;
        return (tiles + blocks - 1) / blocks;
    }

    private static int SumsLength(in Microkernel kernel) => WinogradTransform.Cells * kernel.Rows * kernel.Columns;

    /// <summary>One operand of the 36 products: for each panel of channels, for each of the 36 cells, a line of channels a tile.</summary>
    private readonly struct Panels
    {
        // A line of the first-level cache: keeps the 36 cells from falling into the same few of its sets.
        private const int Padding = 16;

        internal Panels(int channels, int width, int tiles)
        {
            Width = width;
            Count = (channels + width - 1) / width;
            CellStep = ((((tiles * width) + Padding - 1) / Padding) + 1) * Padding;
            Length = checked(Count * WinogradTransform.Cells * CellStep);
        }

        /// <summary>Channels in a panel.</summary>
        internal int Width { get; }

        /// <summary>How many panels there are.</summary>
        internal int Count { get; }

        /// <summary>Elements from one cell of a panel to the next.</summary>
        internal int CellStep { get; }

        /// <summary>Elements of all panels.</summary>
        internal int Length { get; }

        /// <summary>Elements before a panel.</summary>
        internal nint Offset(int panel) => (nint)panel * WinogradTransform.Cells * CellStep;
    }

    private struct TransformBody : IRangeBody
    {
        internal WinogradGrid Grid;
        internal float* X;
        internal int Inputs;
        internal float* Dy;
        internal int Outputs;
        internal Panels Rows;
        internal Panels Columns;
        internal float* Gradients;
        internal float* Patches;
        internal int First;

        public readonly void Execute(int start, int end)
        {
            for (int tile = start; tile < end; tile++)
            {
                for (int panel = 0; panel < Columns.Count; panel++)
                {
                    int channel = panel * Columns.Width;
                    Grid.TransformInput(
                        X + channel, Inputs, Math.Min(Columns.Width, Inputs - channel), First + tile,
                        Patches + Columns.Offset(panel) + ((nint)tile * Columns.Width), Columns.CellStep);
                }

                TransformGradient(tile);
            }
        }

        /// <summary>A panel of rows is no whole number of lanes wide, but a few panels together are.</summary>
        private readonly void TransformGradient(int tile)
        {
            float* planes = stackalloc float[WinogradTransform.Cells * ChannelGroup];
            for (int channel = 0; channel < Outputs; channel += ChannelGroup)
            {
                int channels = Math.Min(ChannelGroup, Outputs - channel);
                for (int c = 0; c < channels; c += WinogradTransform.Lanes)
                {
                    Grid.TransformOutputGradient(Dy + channel + c, Outputs, First + tile, planes + c, ChannelGroup);
                }

                for (int c = 0; c < channels; c += Rows.Width)
                {
                    float* source = planes + c, target = Gradients + Rows.Offset((channel + c) / Rows.Width) + ((nint)tile * Rows.Width);
                    for (int cell = 0; cell < WinogradTransform.Cells; cell++, source += ChannelGroup, target += Rows.CellStep)
                    {
                        PanelPacking.CopyLine(source, target, Rows.Width);
                    }
                }
            }
        }
    }

    /// <summary>An item is a tile of the microkernel's size: some output channels times some input channels, for all 36 cells.</summary>
    private struct ProductBody : IRangeBody
    {
        internal ScratchMemory Scratch;
        internal Microkernel Kernel;
        internal Panels Rows;
        internal Panels Columns;
        internal float* Gradients;
        internal float* Patches;
        internal float* Sums;
        internal int Inputs;
        internal int Outputs;
        internal float* Weight;
        internal int Depth;
        internal bool IsFirst;
        internal bool IsLast;

        public readonly void Execute(int start, int end)
        {
            int size = Kernel.Rows * Kernel.Columns, length = SumsLength(Kernel);
            bool isOnly = IsFirst && IsLast;
            using ScratchMemory.Lease own = Scratch.Rent(isOnly ? length : size);
            for (int item = start; item < end; item++)
            {
                (int column, int row) = Math.DivRem(item, Rows.Count);
                float* a = Gradients + Rows.Offset(row), b = Patches + Columns.Offset(column);
                float* sums = isOnly ? own.Pointer : Sums + ((nint)item * length);
                for (int cell = 0; cell < WinogradTransform.Cells; cell++, a += Rows.CellStep, b += Columns.CellStep)
                {
                    float* sum = sums + (cell * size);
                    Kernel.Execute(Depth, a, b, IsFirst ? sum : own.Pointer);
                    if (!IsFirst)
                    {
                        TensorPrimitives.Add(new ReadOnlySpan<float>(sum, size), new ReadOnlySpan<float>(own.Pointer, size), new Span<float>(sum, size));
                    }
                }

                if (IsLast)
                {
                    Store(sums, row * Kernel.Rows, column * Kernel.Columns);
                }
            }
        }

        /// <summary>Gᵀ m G of a tile; channels that only fill up a panel hold whatever stood there, and are left out.</summary>
        private readonly void Store(float* sums, int firstOutput, int firstInput)
        {
            const int taps = WinogradTransform.Taps, lanes = WinogradTransform.Lanes;
            float* gradient = stackalloc float[taps * lanes];
            int outputs = Math.Min(Kernel.Rows, Outputs - firstOutput), inputs = Math.Min(Kernel.Columns, Inputs - firstInput);
            for (int o = 0; o < outputs; o++)
            {
                float* target = Weight + ((((nint)(firstOutput + o) * Inputs) + firstInput) * taps);
                for (int c = 0; c < inputs; c += lanes)
                {
                    WinogradTransform.KernelGradient(sums + (o * Kernel.Columns) + c, Kernel.Rows * Kernel.Columns, gradient);
                    for (int lane = 0; lane < lanes; lane++)
                    {
                        for (int tap = 0; tap < taps; tap++)
                        {
                            *target++ = gradient[(tap * lanes) + lane];
                        }
                    }
                }
            }
        }
    }
}
