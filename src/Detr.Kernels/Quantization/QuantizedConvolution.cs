namespace Detr.Kernels;

/// <summary>
/// Convolution of bytes with weights of eight bits, channels last: exact sums of products, then an epilogue that makes bytes again.
/// </summary>
public static unsafe class QuantizedConvolution
{
    // Rows that meet one panel of weights after the other, and their results: they stay in the second-level cache.
    private const int BlockBytes = 256 * 1024;

    /// <summary>y = epilogue(Σ w · x).</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="x">[batch, height, width, in], from 0 to <see cref="QuantizedKernel.LargestInput"/>.</param>
    /// <param name="padding">What stands around the image: the byte that means zero.</param>
    /// <param name="weight">The packed weights.</param>
    /// <param name="y">[batch, output height, output width, out]; may be the residual itself.</param>
    /// <param name="epilogue">How sums become bytes.</param>
    /// <exception cref="ArgumentException">A span is too short, the kernel does not fit on the padded input, or the weights are another convolution's.</exception>
    public static void Forward(WorkerPool pool, in ConvolutionShape shape, ReadOnlySpan<byte> x, byte padding, PackedQuantizedKernel weight, Span<byte> y, QuantizedEpilogue epilogue)
    {
        Check(shape, weight.Shape, x, y, epilogue);
        ByteMicrokernel kernel = ByteMicrokernel.Best;
        int rows = shape.OutputLength / shape.OutputChannels;
        int block = RowsInBlock(rows, weight.Depth + shape.OutputChannels, kernel.Rows, pool.Threads);
        fixed (byte* px = x, py = y, residual = epilogue.Residual)
        fixed (float* scale = epilogue.Scale, bias = epilogue.Bias)
        {
            Body body = new()
            {
                Scratch = pool.Scratch, Kernel = kernel, Rows = rows, Columns = shape.OutputChannels, Depth = weight.Depth, RowBlock = block,
                InPlace = shape.IsPointwise && weight.Depth == shape.InputChannels, X = px, Patches = new BytePatches(px, shape, padding), Panels = weight.Panels,
                Output = new ByteTileStore { Y = py, Stride = shape.OutputChannels, Scale = scale, Bias = bias, Residual = residual, ResidualScale = epilogue.ResidualScale, Maximum = epilogue.Maximum },
            };
            pool.For((rows + block - 1) / block, 1, ref body);
        }

        // The threads have pointers into its memory, which the collector does not see.
        GC.KeepAlive(weight);
    }

    /// <summary>The plain twin: loops as the formula stands, equal to the byte.</summary>
    /// <inheritdoc cref="Forward"/>
    public static void ForwardScalar(in ConvolutionShape shape, ReadOnlySpan<byte> x, byte padding, QuantizedKernel weight, Span<byte> y, QuantizedEpilogue epilogue)
    {
        Check(shape, weight.Shape, x, y, epilogue);
        for (int i = 0; i < shape.OutputLength; i++)
        {
            (int cell, int o) = Math.DivRem(i, shape.OutputChannels);
            (int line, int column) = Math.DivRem(cell, shape.OutputWidth);
            (int image, int row) = Math.DivRem(line, shape.OutputHeight);
            int sum = 0;
            for (int k = 0; k < shape.Depth; k++)
            {
                (int channel, int tap) = Math.DivRem(k, shape.Taps);
                (int p, int q) = Math.DivRem(tap, shape.KernelWidth);
                int h = (row * shape.Stride) + (p * shape.Dilation) - shape.Padding, w = (column * shape.Stride) + (q * shape.Dilation) - shape.Padding;
                bool isInside = (uint)h < (uint)shape.Height && (uint)w < (uint)shape.Width;
                sum += weight.Of(o)[k] * (isInside ? x[(((((image * shape.Height) + h) * shape.Width) + w) * shape.InputChannels) + channel] : padding);
            }

            float residual = epilogue.Residual.IsEmpty ? 0f : epilogue.Residual[i] * epilogue.ResidualScale;
            y[i] = ByteTileStore.One(sum, epilogue.Scale[o], epilogue.Bias[o], residual, epilogue.Maximum);
        }
    }

    private static void Check(in ConvolutionShape shape, in ConvolutionShape kernel, ReadOnlySpan<byte> x, Span<byte> y, QuantizedEpilogue epilogue)
    {
        shape.Check(x.Length, shape.WeightLength, y.Length);
        epilogue.Check(shape.OutputChannels, shape.OutputLength);
        if (QuantizedKernel.KernelOf(shape) != kernel)
        {
            throw new ArgumentException($"The weights were made for {kernel}, not for {shape}.", nameof(shape));
        }
    }

    /// <summary>How many rows make a task: as fit in the cache, and so that tasks are shared out evenly.</summary>
    private static int RowsInBlock(int rows, int rowBytes, int tileRows, int threads)
    {
        int most = Math.Max(1, BlockBytes / rowBytes / tileRows) * tileRows;
        int blocks = (rows + most - 1) / most;
        if (threads > 1)
        {
            blocks = Math.Max(blocks, Math.Min(4 * threads, (rows + tileRows - 1) / tileRows));
        }

        int evenly = (rows + blocks - 1) / blocks;
        return (evenly + tileRows - 1) / tileRows * tileRows;
    }

    private struct Body : IRangeBody
    {
        internal ScratchMemory Scratch;
        internal ByteMicrokernel Kernel;
        internal int Rows;
        internal int Columns;
        internal int Depth;
        internal int RowBlock;
        internal bool InPlace;
        internal byte* X;
        internal BytePatches Patches;
        internal sbyte* Panels;
        internal ByteTileStore Output;

        public readonly void Execute(int start, int end)
        {
            using ScratchMemory.Lease scratch = Scratch.Rent(RowBlock * Depth / sizeof(float));
            for (int block = start; block < end; block++)
            {
                int first = block * RowBlock, rows = Math.Min(RowBlock, Rows - first);
                byte* a = X + ((nint)first * Depth);
                if (!InPlace || rows < Kernel.Rows)
                {
                    a = (byte*)scratch.Pointer;
                    Patches.Copy(first, rows, a, Depth);
                }

                for (int column = 0; column < Columns; column += Kernel.Columns)
                {
                    Panel(a, first, rows, Panels + ((nint)column * Depth), column);
                }
            }
        }

        private readonly void Panel(byte* a, int first, int rows, sbyte* panel, int column)
        {
            int* tile = stackalloc int[ByteMicrokernel.LargestTile];
            int columns = Math.Min(Kernel.Columns, Columns - column);
            for (int row = 0; row < rows; row += Kernel.Rows)
            {
                // The last tile begins so early that it is whole; rows that were stored before are not stored again, since the residual
                // may be gone. Where there is no whole tile at all, rows beyond the last are scratch.
                int from = Math.Max(0, Math.Min(row, rows - Kernel.Rows)), stored = Math.Min(Kernel.Rows, rows - row);
                Output.Prefetch(first + row, stored, column);
                Kernel.Execute(Depth / ByteMicrokernel.DepthBlock, a + ((nint)from * Depth), Depth, panel, tile);
                Output.Store(tile + ((row - from) * Kernel.Columns), Kernel.Columns, first + row, stored, column, columns);
            }
        }
    }
}
