namespace Detr.Kernels;

/// <summary>A convolution's weights, packed once for its forward pass.</summary>
public sealed unsafe class PackedConvolution
{
    private readonly ConvolutionShape _kernel;
    private readonly ScratchMemory.Block? _winograd;

    private PackedConvolution(in ConvolutionShape shape)
    {
        _kernel = KernelOf(shape);
        if (WinogradConvolution.SuitsKernel(shape))
        {
            _winograd = new ScratchMemory.Block(WinogradWeights.Length(shape.InputChannels, shape.OutputChannels));
        }
        else
        {
            Matrix = new PackedMatrix(shape.Depth, shape.OutputChannels);
        }
    }

    /// <summary>The memory that the packed weights take.</summary>
    public long Bytes => Matrix?.Bytes ?? ((long)_winograd!.Length * sizeof(float));

    /// <summary>The weights as the right operand of a product, or null when they are transformed.</summary>
    internal PackedMatrix? Matrix { get; }

    /// <summary>The weights transformed by <see cref="WinogradWeights"/>, or null.</summary>
    internal float* Transformed => _winograd is null ? null : _winograd.Pointer;

    /// <summary>Packs weights.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="shape">The convolution; batch, height and width do not matter.</param>
    /// <param name="weight">[out, in, height, width].</param>
    /// <exception cref="ArgumentException">There are too few weights.</exception>
    public static PackedConvolution Pack(WorkerPool pool, in ConvolutionShape shape, ReadOnlySpan<float> weight)
    {
        PackedConvolution packed = new(shape);
        packed.Repack(pool, shape, weight);
        return packed;
    }

    /// <summary>Packs other weights of the same shape in place.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="shape">The convolution it was made for.</param>
    /// <param name="weight">[out, in, height, width].</param>
    /// <exception cref="ArgumentException">There are too few weights, or the shape is another.</exception>
    public void Repack(WorkerPool pool, in ConvolutionShape shape, ReadOnlySpan<float> weight)
    {
        Check(shape);
        if (weight.Length < shape.WeightLength)
        {
            throw new ArgumentException($"{weight.Length} weights do not fill a kernel of {shape.WeightLength}.", nameof(weight));
        }

        int* taps = stackalloc int[shape.Taps];
        fixed (float* w = weight)
        {
            if (Matrix is null)
            {
                WinogradWeights.Transform(pool, shape, w, backward: false, Transformed);
            }
            else
            {
                Matrix.Repack(pool, KernelWeights.Forward(w, shape, taps));
            }
        }
    }

    /// <summary>Refuses a convolution with another kernel.</summary>
    internal void Check(in ConvolutionShape shape)
    {
        if (KernelOf(shape) != _kernel)
        {
            throw new ArgumentException($"The weights were packed for {_kernel}, not for {shape}.", nameof(shape));
        }
    }

    private static ConvolutionShape KernelOf(in ConvolutionShape shape) => shape with { Batch = 0, Height = 0, Width = 0 };
}
