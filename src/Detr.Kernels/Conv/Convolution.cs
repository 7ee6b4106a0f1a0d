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
    /// <param name="y">[batch, output height, output width, out].</param>
    /// <param name="epilogue">What is done to the result before it is stored.</param>
    /// <exception cref="ArgumentException">A span is too short, or the kernel does not fit on the padded input.</exception>
    public static void Forward(
        WorkerPool pool, in ConvolutionShape shape, ReadOnlySpan<float> x, PackedConvolution weight, Span<float> y, Epilogue epilogue = default)
    {
        shape.Check(x.Length, shape.WeightLength, y.Length);
        int rows = shape.Batch * shape.OutputHeight * shape.OutputWidth;
        MatrixShape product = new(rows, shape.OutputChannels, shape.Depth);
        if (shape.IsPointwise)
        {
            MatrixProduct.Execute(pool, product, x, weight.Matrix, y, epilogue);
            return;
        }

        epilogue.Check(shape.OutputChannels, shape.OutputLength);
        using ScratchMemory.Lease zeros = Zeros(pool, shape.KernelWidth * shape.InputChannels);
        int* offsets = stackalloc int[2 * shape.KernelHeight * shape.KernelWidth];
        fixed (float* px = x, py = y, scale = epilogue.Scale, bias = epilogue.Bias, residual = epilogue.Residual)
        {
            BlockedProduct.Run(
                pool, rows, shape.OutputChannels, shape.Depth, InputPatches(shape, px, offsets, zeros.Pointer), weight.Matrix.Panels,
                new RowTarget(py, shape.OutputChannels), MatrixProduct.Store(product, scale, bias, residual, epilogue.Activation));
        }
    }

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
        => Forward(pool, shape, x, PackedConvolution.Pack(pool, shape, weight), y, epilogue);

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

        using ScratchMemory.Lease zeros = Zeros(pool, shape.KernelWidth * shape.OutputChannels);
        int taps = shape.KernelHeight * shape.KernelWidth;
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

        using ScratchMemory.Lease zeros = Zeros(pool, shape.KernelWidth * shape.InputChannels);
        using ScratchMemory.Lease byTap = pool.Scratch.Rent(shape.WeightLength);
        int taps = shape.KernelHeight * shape.KernelWidth;
        int* offsets = stackalloc int[2 * taps];
        fixed (float* px = x, pdy = dy, pdw = dWeight)
        {
            BlockedProduct.Run(
                pool, shape.OutputChannels, shape.Depth, pixels, new MatrixOperand(pdy, shape.OutputChannels, alongDepth: false),
                InputPatches(shape, px, offsets, zeros.Pointer), new RowTarget(byTap.Pointer, shape.Depth), new TileStore { Alpha = 1f });
            float* source = byTap.Pointer;
            for (int o = 0; o < shape.OutputChannels; o++)
            {
                for (int tap = 0; tap < taps; tap++)
                {
                    float* target = pdw + ((nint)o * shape.Depth) + tap;
                    for (int c = 0; c < shape.InputChannels; c++, target += taps)
                    {
                        *target = *source++;
                    }
                }
            }
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
}
