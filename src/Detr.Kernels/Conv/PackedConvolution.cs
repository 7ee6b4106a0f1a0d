namespace Detr.Kernels;

/// <summary>A convolution's weights, packed once for its forward pass.</summary>
public sealed unsafe class PackedConvolution
{
    private PackedConvolution(in ConvolutionShape shape) => Matrix = new PackedMatrix(shape.Depth, shape.OutputChannels);

    /// <summary>The memory that the packed weights take.</summary>
    public long Bytes => Matrix.Bytes;

    internal PackedMatrix Matrix { get; }

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
        if (weight.Length < shape.WeightLength || shape.Depth != Matrix.Depth || shape.OutputChannels != Matrix.Columns)
        {
            throw new ArgumentException($"{weight.Length} weights do not fill a packed convolution of {Matrix.Depth} × {Matrix.Columns}.", nameof(weight));
        }

        int* taps = stackalloc int[shape.Taps];
        fixed (float* w = weight)
        {
            Matrix.Repack(pool, KernelWeights.Forward(w, shape, taps));
        }
    }
}
