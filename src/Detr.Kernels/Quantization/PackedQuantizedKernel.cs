namespace Detr.Kernels;

/// <summary>
/// Weights of eight bits in the form that the microkernel reads: for each panel of columns (output channels), four steps of depth of
/// every column, then the next four. Depth runs over taps and then over input channels, and is filled up with zeros.
/// </summary>
public sealed unsafe class PackedQuantizedKernel
{
    private readonly ScratchMemory.Block _block;

    /// <summary>Packs weights.</summary>
    /// <param name="kernel">The weights.</param>
    public PackedQuantizedKernel(QuantizedKernel kernel)
    {
        Shape = kernel.Shape;
        Depth = ByteMicrokernel.RoundUp(Shape.Depth);
        int width = ByteMicrokernel.Best.Columns, columns = (Shape.OutputChannels + width - 1) / width * width;
        _block = new ScratchMemory.Block(checked(columns * Depth) / sizeof(float));
        new Span<float>(_block.Pointer, _block.Length).Clear();
        for (int column = 0; column < Shape.OutputChannels; column++)
        {
            sbyte* target = Panels + ((nint)(column / width) * width * Depth) + (column % width * ByteMicrokernel.Step);
            ReadOnlySpan<sbyte> values = kernel.Of(column);
            for (int k = 0; k < Shape.Depth; k++)
            {
                (int tap, int channel) = Math.DivRem(k, Shape.InputChannels);
                target[((nint)(k / ByteMicrokernel.Step) * width * ByteMicrokernel.Step) + (k % ByteMicrokernel.Step)] = values[(channel * Shape.Taps) + tap];
            }
        }
    }

    /// <summary>The memory that the panels take.</summary>
    public long Bytes => (long)_block.Length * sizeof(float);

    /// <summary>The convolution, without a batch and a size.</summary>
    internal ConvolutionShape Shape { get; }

    /// <summary>Steps of depth, filled up to whole blocks.</summary>
    internal int Depth { get; }

    internal sbyte* Panels => (sbyte*)_block.Pointer;
}
