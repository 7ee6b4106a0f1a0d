namespace Detr.Kernels;

/// <summary>
/// The sizes of a two-dimensional convolution: x [Batch, Height, Width, InputChannels], y [Batch, OutputHeight,
/// OutputWidth, OutputChannels], weight [OutputChannels, InputChannels, KernelHeight, KernelWidth].
/// </summary>
/// <param name="Batch">Images.</param>
/// <param name="Height">Input rows.</param>
/// <param name="Width">Input columns.</param>
/// <param name="InputChannels">Channels of x.</param>
/// <param name="OutputChannels">Channels of y.</param>
/// <param name="KernelHeight">Taps in a column of the kernel.</param>
/// <param name="KernelWidth">Taps in a row of the kernel.</param>
public readonly record struct ConvolutionShape(
    int Batch, int Height, int Width, int InputChannels, int OutputChannels, int KernelHeight, int KernelWidth)
{
    /// <summary>Input cells from one output cell to the next, in both directions.</summary>
    public int Stride { get; init; } = 1;

    /// <summary>Zeros around the input, on every side.</summary>
    public int Padding { get; init; }

    /// <summary>Input cells from one tap to the next.</summary>
    public int Dilation { get; init; } = 1;

    /// <summary>Output rows.</summary>
    public int OutputHeight => Output(Height, KernelHeight);

    /// <summary>Output columns.</summary>
    public int OutputWidth => Output(Width, KernelWidth);

    /// <summary>Elements of x.</summary>
    public int InputLength => checked(Batch * Height * Width * InputChannels);

    /// <summary>Elements of y.</summary>
    public int OutputLength => checked(Batch * OutputHeight * OutputWidth * OutputChannels);

    /// <summary>Elements of the weight.</summary>
    public int WeightLength => checked(OutputChannels * InputChannels * KernelHeight * KernelWidth);

    /// <summary>Cells of the kernel.</summary>
    internal int Taps => KernelHeight * KernelWidth;

    /// <summary>Terms in one output element's sum.</summary>
    internal int Depth => KernelHeight * KernelWidth * InputChannels;

    /// <summary>Whether it is a product of pixels and weights as they stand.</summary>
    internal bool IsPointwise => KernelHeight == 1 && KernelWidth == 1 && Stride == 1 && Padding == 0;

    internal void Check(int x, int weight, int y)
    {
        if (OutputHeight < 1 || OutputWidth < 1 || Stride < 1 || Dilation < 1 || Padding < 0)
        {
            throw new ArgumentException($"A {KernelHeight} × {KernelWidth} kernel (stride {Stride}, padding {Padding}, dilation {Dilation}) has no place on {Height} × {Width} cells.");
        }

        if (x < InputLength || weight < WeightLength || y < OutputLength)
        {
            throw new ArgumentException($"The convolution needs {InputLength} inputs, {WeightLength} weights and {OutputLength} outputs, not {x}, {weight} and {y}.");
        }
    }

    private int Output(int size, int kernel) => ((size + (2 * Padding) - (Dilation * (kernel - 1)) - 1) / Stride) + 1;
}
