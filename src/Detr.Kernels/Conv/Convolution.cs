namespace Detr.Kernels;

/// <summary>
/// Two-dimensional convolution, channels last: y[b, i, j, o] = Σ w[o, c, p, q] · x[b, i·s + p·d − pad, j·s + q·d − pad, c].
/// Each pass is a product whose operands are packed straight from the image.
/// </summary>
public static unsafe class Convolution
{
    /// <summary>The forward pass with weights packed before.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="x">[batch, height, width, in].</param>
    /// <param name="weight">The packed weights.</param>
    /// <param name="y">[batch, output height, output width, out]; may be the residual where <see cref="CanOverwriteResidual"/> says so.</param>
    /// <param name="epilogue">What is done to the result before it is stored.</param>
    /// <exception cref="ArgumentException">A span is too short, or the kernel does not fit on the padded input.</exception>
    public static void Forward(
        WorkerPool pool, in ConvolutionShape shape, ReadOnlySpan<float> x, PackedConvolution weight, Span<float> y, Epilogue epilogue = default)
    {
        weight.Check(shape);
        shape.Check(x.Length, shape.WeightLength, y.Length);
        if (weight.Matrix is null)
        {
            Winograd(pool, shape, x, weight.Transformed, y, epilogue);
        }
        else if (shape.IsPointwise)
        {
            MatrixProduct.Execute(pool, Pointwise(shape), x, weight.Matrix, y, epilogue);
        }
        else
        {
            Forward(pool, shape, x, weight.Matrix.Panels, y, epilogue);
        }

        // The threads have pointers into its memory, which the collector does not see.
        GC.KeepAlive(weight);
    }

    /// <summary>
    /// Whether the result of a forward pass may take the place of its residual: whether each element is written once, after
    /// its residual was read, rather than being summed up in several passes.
    /// </summary>
    /// <param name="shape">The sizes.</param>
    public static bool CanOverwriteResidual(in ConvolutionShape shape) => shape.Depth <= ProductPlan.LargestDepthBlock || WinogradConvolution.SuitsKernel(shape);

    /// <summary>The forward pass with weights as they are.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="x">[batch, height, width, in].</param>
    /// <param name="weight">[out, in, height, width].</param>
    /// <param name="y">[batch, output height, output width, out].</param>
    /// <param name="epilogue">What is done to the result before it is stored.</param>
    /// <exception cref="ArgumentException">A span is too short, or the kernel does not fit on the padded input.</exception>
    public static void Forward(
        WorkerPool pool, in ConvolutionShape shape, ReadOnlySpan<float> x, ReadOnlySpan<float> weight, Span<float> y, Epilogue epilogue = default)
    {
        shape.Check(x.Length, weight.Length, y.Length);
        if (shape.IsPointwise)
        {
            MatrixProduct.Execute(pool, Pointwise(shape) with { TransposeB = true }, x, weight, y, epilogue);
            return;
        }

        if (WinogradConvolution.Suits(shape))
        {
            Winograd(pool, shape, shape, x, weight, backward: false, y, epilogue);
            return;
        }

        int* taps = stackalloc int[shape.Taps];
        fixed (float* w = weight)
        {
            Forward(pool, shape, x, KernelWeights.Forward(w, shape, taps), y, epilogue);
        }
    }

    /// <summary>The gradient of the input.</summary>
    /// <remarks>
    /// Input cells fall into stride² phases by their position; all cells of a phase meet the same taps, so each phase is a
    /// dense convolution of dy with those taps, and no zero is ever multiplied for the stride's sake.
    /// </remarks>
    /// <param name="pool">The threads.</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="dy">[batch, output height, output width, out].</param>
    /// <param name="weight">[out, in, height, width].</param>
    /// <param name="dx">[batch, height, width, in]; overwritten.</param>
    /// <exception cref="ArgumentException">A span is too short, or the kernel does not fit on the padded input.</exception>
    public static void BackwardInput(WorkerPool pool, in ConvolutionShape shape, ReadOnlySpan<float> dy, ReadOnlySpan<float> weight, Span<float> dx)
    {
        shape.Check(dx.Length, weight.Length, dy.Length);
        if (shape.IsPointwise)
        {
            MatrixShape product = new(shape.Batch * shape.Height * shape.Width, shape.InputChannels, shape.OutputChannels);
            MatrixProduct.Execute(pool, product, dy, weight, dx);
            return;
        }

        if (WinogradConvolution.Suits(Turned(shape)))
        {
            Winograd(pool, Turned(shape), shape, dy, weight, backward: true, dx, default);
            return;
        }

        using ScratchMemory.Lease zeros = Zeros(pool, shape.KernelWidth * shape.OutputChannels);
        int taps = shape.Taps;
        int* offsets = stackalloc int[2 * taps];
        int* order = stackalloc int[taps];
        fixed (float* pdy = dy, pw = weight, pdx = dx)
        {
            for (int phase = 0; phase < shape.Stride * shape.Stride; phase++)
            {
                (int phaseY, int phaseX) = Math.DivRem(phase, shape.Stride);
                int gridHeight = (shape.Height - phaseY + shape.Stride - 1) / shape.Stride;
                int gridWidth = (shape.Width - phaseX + shape.Stride - 1) / shape.Stride;
                if (gridHeight <= 0 || gridWidth <= 0)
                {
                    continue;
                }

                int met = TapsOfPhase(shape, phaseY, phaseX, offsets, order);
                PatchGrid patches = new()
                {
                    Image = pdy, Height = shape.OutputHeight, Width = shape.OutputWidth, Channels = shape.OutputChannels,
                    GridHeight = gridHeight, GridWidth = gridWidth, Step = 1, Offsets = offsets, Zeros = zeros.Pointer,
                };
                RowTarget target = new(pdx, shape.InputChannels)
                {
                    GridHeight = gridHeight, GridWidth = gridWidth, ImageHeight = shape.Height, ImageWidth = shape.Width,
                    Step = shape.Stride, StartY = phaseY, StartX = phaseX,
                };
                BlockedProduct.Run(
                    pool, shape.Batch * gridHeight * gridWidth, shape.InputChannels, met * shape.OutputChannels,
                    patches, new KernelWeights(pw, shape, order, backward: true), target, new TileStore { Alpha = 1f });
            }
        }
    }

    /// <summary>The gradient of the weight.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="x">[batch, height, width, in].</param>
    /// <param name="dy">[batch, output height, output width, out].</param>
    /// <param name="dWeight">[out, in, height, width]; overwritten.</param>
    /// <exception cref="ArgumentException">A span is too short, or the kernel does not fit on the padded input.</exception>
    public static void BackwardWeight(WorkerPool pool, in ConvolutionShape shape, ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> dWeight)
    {
        shape.Check(x.Length, dWeight.Length, dy.Length);
        int pixels = shape.Batch * shape.OutputHeight * shape.OutputWidth;
        if (shape.IsPointwise)
        {
            MatrixProduct.Execute(pool, new MatrixShape(shape.OutputChannels, shape.InputChannels, pixels) { TransposeA = true }, dy, x, dWeight);
            return;
        }

        if (WinogradConvolution.Suits(shape))
        {
            fixed (float* px = x, pdy = dy, pdw = dWeight)
            {
                WinogradGrid grid = new(shape.Batch, shape.Height, shape.Width, shape.Padding);
                WinogradWeightGradient.Execute(pool, grid, shape.InputChannels, shape.OutputChannels, px, pdy, pdw);
            }

            return;
        }

        using ScratchMemory.Lease zeros = Zeros(pool, shape.KernelWidth * shape.InputChannels);
        using ScratchMemory.Lease byTap = pool.Scratch.Rent(shape.WeightLength);
        int taps = shape.Taps;
        int* offsets = stackalloc int[2 * taps];
        fixed (float* px = x, pdy = dy, pdw = dWeight)
        {
            BlockedProduct.Run(
                pool, shape.OutputChannels, shape.Depth, pixels, new MatrixOperand(pdy, shape.OutputChannels, alongDepth: false),
                InputPatches(shape, px, offsets, zeros.Pointer), new RowTarget(byTap.Pointer, shape.Depth), new TileStore { Alpha = 1f });
            TapsLastBody body = new() { ByTap = byTap.Pointer, Weight = pdw, Taps = taps, Channels = shape.InputChannels };
            pool.For(shape.OutputChannels, Grain.Rows(shape.Depth), ref body);
        }
    }

    /// <summary>The convolution of dy that gives the gradient of the input, when the stride is 1 and the kernel 3 × 3.</summary>
    private static ConvolutionShape Turned(in ConvolutionShape shape) => shape with
    {
        Height = shape.OutputHeight, Width = shape.OutputWidth, InputChannels = shape.OutputChannels, OutputChannels = shape.InputChannels, Padding = 2 - shape.Padding,
    };

    /// <summary>By Winograd's algorithm, with the kernel of a convolution of another or the same direction.</summary>
    private static void Winograd(
        WorkerPool pool, in ConvolutionShape shape, in ConvolutionShape kernel, ReadOnlySpan<float> x, ReadOnlySpan<float> weight, bool backward, Span<float> y, Epilogue epilogue)
    {
        using ScratchMemory.Lease transformed = pool.Scratch.Rent(WinogradWeights.Length(shape.InputChannels, shape.OutputChannels));
        fixed (float* w = weight)
        {
            WinogradWeights.Transform(pool, kernel, w, backward, transformed.Pointer);
        }

        Winograd(pool, shape, x, transformed.Pointer, y, epilogue);
    }

    private static void Winograd(WorkerPool pool, in ConvolutionShape shape, ReadOnlySpan<float> x, float* weights, Span<float> y, Epilogue epilogue)
    {
        epilogue.Check(shape.OutputChannels, shape.OutputLength);
        WinogradGrid grid = new(shape.Batch, shape.Height, shape.Width, shape.Padding);
        fixed (float* px = x, py = y, scale = epilogue.Scale, bias = epilogue.Bias, residual = epilogue.Residual)
        {
            TileStore store = new() { Alpha = 1f, Scale = scale, Bias = bias, Residual = residual, Relu = epilogue.Activation == Activation.Relu };
            WinogradConvolution.Execute(pool, grid, shape.InputChannels, shape.OutputChannels, px, weights, py, store);
        }
    }

    private static MatrixShape Pointwise(in ConvolutionShape shape)
        => new(shape.Batch * shape.Height * shape.Width, shape.OutputChannels, shape.InputChannels);

    private static void Forward<TB>(WorkerPool pool, in ConvolutionShape shape, ReadOnlySpan<float> x, TB weight, Span<float> y, Epilogue epilogue)
        where TB : struct, IColumnSource
    {
        epilogue.Check(shape.OutputChannels, shape.OutputLength);
        MatrixShape product = new(shape.Batch * shape.OutputHeight * shape.OutputWidth, shape.OutputChannels, shape.Depth);
        using ScratchMemory.Lease zeros = Zeros(pool, shape.KernelWidth * shape.InputChannels);
        int* offsets = stackalloc int[2 * shape.Taps];
        fixed (float* px = x, py = y, scale = epilogue.Scale, bias = epilogue.Bias, residual = epilogue.Residual)
        {
            PatchGrid patches = InputPatches(shape, px, offsets, zeros.Pointer);
            RowTarget target = new(py, shape.OutputChannels);
            TileStore store = MatrixProduct.Store(product, scale, bias, residual, epilogue.Activation);
            BlockedProduct.Run(pool, product.Rows, product.Columns, product.Depth, patches, weight, target, store);
        }
    }

    private static PatchGrid InputPatches(in ConvolutionShape shape, float* x, int* offsets, float* zeros)
    {
        for (int p = 0, i = 0; p < shape.KernelHeight; p++)
        {
            for (int q = 0; q < shape.KernelWidth; q++)
            {
                offsets[i++] = (p * shape.Dilation) - shape.Padding;
                offsets[i++] = (q * shape.Dilation) - shape.Padding;
            }
        }

        return new PatchGrid
        {
            Image = x, Height = shape.Height, Width = shape.Width, Channels = shape.InputChannels,
            GridHeight = shape.OutputHeight, GridWidth = shape.OutputWidth, Step = shape.Stride, Offsets = offsets, Zeros = zeros,
        };
    }

    /// <summary>The taps that reach the input cells ≡ phase (mod stride), and from which output cells they come.</summary>
    private static int TapsOfPhase(in ConvolutionShape shape, int phaseY, int phaseX, int* offsets, int* order)
    {
        int count = 0;
        for (int p = 0; p < shape.KernelHeight; p++)
        {
            int y = phaseY + shape.Padding - (p * shape.Dilation);
            for (int q = 0; q < shape.KernelWidth; q++)
            {
                int x = phaseX + shape.Padding - (q * shape.Dilation);
                if (y % shape.Stride == 0 && x % shape.Stride == 0)
                {
                    offsets[2 * count] = y / shape.Stride;
                    offsets[(2 * count) + 1] = x / shape.Stride;
                    order[count++] = (p * shape.KernelWidth) + q;
                }
            }
        }

        return count;
    }

    private static ScratchMemory.Lease Zeros(WorkerPool pool, int length)
    {
        ScratchMemory.Lease zeros = pool.Scratch.Rent(length);
        new Span<float>(zeros.Pointer, length).Clear();
        return zeros;
    }

    /// <summary>From [out, taps, in] to [out, in, taps].</summary>
    private struct TapsLastBody : IRangeBody
    {
        internal float* ByTap;
        internal float* Weight;
        internal int Taps;
        internal int Channels;

        public readonly void Execute(int start, int end)
        {
            nint depth = (nint)Taps * Channels;
            for (int o = start; o < end; o++)
            {
                float* source = ByTap + (o * depth);
                for (int tap = 0; tap < Taps; tap++)
                {
                    float* target = Weight + (o * depth) + tap;
                    for (int c = 0; c < Channels; c++, target += Taps)
                    {
                        *target = *source++;
                    }
                }
            }
        }
    }
}
