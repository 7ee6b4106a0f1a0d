using Detr.Kernels;

namespace Detr.Tensors;

/// <summary>Forward passes in eight bits; none of them is ever recorded for a gradient.</summary>
public static class QuantizedOperations
{
    private const int BytesInElement = sizeof(float);

    /// <summary>Numbers rounded to bytes.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="x">The numbers.</param>
    /// <param name="format">What the bytes mean; numbers beyond its range become the nearest inside.</param>
    public static QuantizedTensor Quantize(this ForwardContext context, Tensor x, QuantizedFormat format)
    {
        QuantizedTensor y = Allocate(context, x.Shape, format);
        context.Backend.Quantize(x, y);
        return y;
    }

    /// <summary>Bytes as the numbers that they mean.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="x">The bytes.</param>
    public static Tensor Dequantize(this ForwardContext context, QuantizedTensor x)
    {
        Tensor y = context.Allocate(x.Shape);
        context.Backend.Dequantize(x, y);
        return y;
    }

    /// <summary>A convolution with what follows it.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="x">[batch, height, width, in], in the format that the layer was made for.</param>
    /// <param name="layer">The weights and what goes with them.</param>
    /// <param name="residual">As the result, in the format that the layer was made for; null if it was made for none.</param>
    /// <param name="overwriteResidual">Whether nobody needs the residual any more and the result may take its place; its bytes are then the result's.</param>
    /// <returns>[batch, output height, output width, out].</returns>
    /// <exception cref="ArgumentException">A shape or a format does not fit.</exception>
    public static QuantizedTensor Convolution(this ForwardContext context, QuantizedTensor x, QuantizedLayer layer, QuantizedTensor? residual = null, bool overwriteResidual = false)
    {
        if (x.Format != layer.Input || residual?.Format != layer.Residual)
        {
            throw new ArgumentException($"The layer was made for {layer.Input} and {layer.Residual}, not for {x.Format} and {residual?.Format}.", nameof(x));
        }

        ConvolutionShape shape = layer.Kernel.Shape with { Batch = x.Shape[0], Height = x.Shape[1], Width = x.Shape[2] };
        Shape result = [shape.Batch, shape.OutputHeight, shape.OutputWidth, shape.OutputChannels];
        if (x.Shape[3] != shape.InputChannels || (residual is not null && residual.Shape != result))
        {
            throw new ArgumentException($"An image of shape {x.Shape} and a residual of shape {residual?.Shape} do not fit {shape}.", nameof(x));
        }

        QuantizedTensor y = overwriteResidual && residual is not null ? new QuantizedTensor(residual.Bytes, result, layer.Output) : Allocate(context, result, layer.Output);
        context.Backend.Convolution(shape, x, layer.Kernel, layer.Scale, layer.Bias, residual, y);
        return y;
    }

    /// <summary>The largest value of each window.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="x">[batch, height, width, channels].</param>
    /// <param name="kernel">Rows and columns of a window.</param>
    /// <param name="stride">Cells from one window to the next.</param>
    /// <param name="padding">Cells around the image that no window takes a value from.</param>
    /// <returns>[batch, output height, output width, channels].</returns>
    public static QuantizedTensor MaxPool(this ForwardContext context, QuantizedTensor x, int kernel, int stride, int padding)
    {
        PoolingShape shape = new(x.Shape[0], x.Shape[1], x.Shape[2], x.Shape[3], kernel, stride, padding);
        QuantizedTensor y = Allocate(context, [shape.Batch, shape.OutputHeight, shape.OutputWidth, shape.Channels], x.Format);
        context.Backend.MaxPool(shape, x, y);
        return y;
    }

    private static QuantizedTensor Allocate(ForwardContext context, Shape shape, QuantizedFormat format)
        => new(context.Allocate([(int)(((long)shape.Length + BytesInElement - 1) / BytesInElement)]), shape, format);
}
