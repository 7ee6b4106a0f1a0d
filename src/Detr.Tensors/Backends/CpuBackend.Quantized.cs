using System.Runtime.InteropServices;
using Detr.Kernels;

namespace Detr.Tensors;

public sealed partial class CpuBackend
{
    /// <inheritdoc/>
    public void Quantize(Tensor x, QuantizedTensor y) => ByteRounding.Quantize(_pool, In(x), y.Format.Scale, y.Format.Zero, y.Format.Maximum, Out(y));

    /// <inheritdoc/>
    public void Dequantize(QuantizedTensor x, Tensor y) => ByteRounding.Dequantize(_pool, In(x), x.Format.Scale, x.Format.Zero, Out(y));

    /// <inheritdoc/>
    public void Convolution(in ConvolutionShape shape, QuantizedTensor x, QuantizedKernel weight, Tensor scale, Tensor bias, QuantizedTensor? residual, QuantizedTensor y)
    {
        QuantizedEpilogue epilogue = new()
        {
            Scale = In(scale), Bias = In(bias), Maximum = y.Format.Maximum,
            Residual = residual is null ? default : In(residual), ResidualScale = residual is null ? 0f : residual.Format.Scale / y.Format.Scale,
        };
        QuantizedConvolution.Forward(_pool, shape, In(x), x.Format.Zero, _packedBytes.GetValue(weight, static kernel => new PackedQuantizedKernel(kernel)), Out(y), epilogue);
    }

    /// <inheritdoc/>
    public void MaxPool(in PoolingShape shape, QuantizedTensor x, QuantizedTensor y) => MaxPooling.Forward(_pool, shape, In(x), Out(y));

    private static ReadOnlySpan<byte> In(QuantizedTensor tensor) => Out(tensor);

    private static Span<byte> Out(QuantizedTensor tensor) => MemoryMarshal.AsBytes(Out(tensor.Bytes))[..tensor.Shape.Length];
}
