using Detr.Kernels;

namespace Detr.Tensors;

/// <summary>Convolution and pooling, channels last.</summary>
public static class ConvolutionOperations
{
    /// <summary>
    /// y = activation(scale ⊙ conv(x, W) + bias + residual): a convolution, with what usually follows it done while the
    /// result is at hand.
    /// </summary>
    /// <param name="context">The pass.</param>
    /// <param name="x">[batch, height, width, in].</param>
    /// <param name="weight">[out, in, height, width].</param>
    /// <param name="geometry">Stride, padding and dilation.</param>
    /// <param name="scale">[out], a constant such as a frozen batch norm's, or null.</param>
    /// <param name="bias">[out], or null.</param>
    /// <param name="residual">As the result, or null.</param>
    /// <param name="activation">Applied last.</param>
    /// <param name="overwriteResidual">
    /// Whether nobody needs the residual any more: without a tape the result may then take its place, which saves memory and the
    /// way to it.
    /// </param>
    /// <returns>[batch, output height, output width, out]; the residual itself when it was overwritten.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor Convolution(
        this ForwardContext context, Tensor x, Tensor weight, ConvolutionGeometry geometry, Tensor? scale = null, Tensor? bias = null,
        Tensor? residual = null, Activation activation = Activation.None, bool overwriteResidual = false)
    {
        if (x.Shape.Rank != 4 || weight.Shape.Rank != 4 || x.Shape[3] != weight.Shape[1])
        {
            throw new ArgumentException($"A kernel of shape {weight.Shape} does not fit an image of shape {x.Shape}.", nameof(weight));
        }

        ConvolutionShape shape = new(x.Shape[0], x.Shape[1], x.Shape[2], x.Shape[3], weight.Shape[0], weight.Shape[2], weight.Shape[3])
        {
            Stride = geometry.Stride, Padding = geometry.Padding, Dilation = geometry.Dilation,
        };
        bool overwrites = overwriteResidual && context.Tape is null && residual is not null && weight.Storage.IsParameter && context.Backend.CanOverwriteResidual(shape);
        Tensor y = overwrites ? residual! : context.Allocate([shape.Batch, shape.OutputHeight, shape.OutputWidth, shape.OutputChannels]);
        context.Backend.Convolution(shape, x, weight, scale, bias, residual, activation, y);
        return context.Record(y, [x, weight, bias, residual], dy =>
        {
            if (activation == Activation.Relu)
            {
                Tensor masked = context.Allocate(dy.Shape);
                context.Backend.UnaryBackward(UnaryOperation.Relu, y, y, dy, masked);
                dy = masked;
            }

            context.AddGradient(residual, dy);
            if (context.NeedsGradient(bias))
            {
                Tensor dBias = context.Allocate(bias.Shape);
                context.Backend.ReduceSum(dy, dBias);
                context.AddGradient(bias, dBias);
            }

            if (scale is not null && (context.NeedsGradient(x) || context.NeedsGradient(weight)))
            {
                Tensor scaled = context.Allocate(dy.Shape);
                context.Backend.Binary(BinaryOperation.Multiply, dy, scale, scaled);
                dy = scaled;
            }

            if (context.NeedsGradient(x))
            {
                Tensor dx = context.Allocate(x.Shape);
                context.Backend.ConvolutionBackwardInput(shape, dy, weight, dx);
                context.AddGradient(x, dx);
            }

            if (context.NeedsGradient(weight))
            {
                Tensor dWeight = context.Allocate(weight.Shape);
                context.Backend.ConvolutionBackwardWeight(shape, x, dy, dWeight);
                context.AddGradient(weight, dWeight);
            }
        }, [scale]);
    }

    /// <summary>The largest value of each window.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="x">[batch, height, width, channels].</param>
    /// <param name="kernel">Rows and columns of a window.</param>
    /// <param name="stride">Cells from one window to the next.</param>
    /// <param name="padding">Cells around the image that no window takes a value from.</param>
    /// <returns>[batch, output height, output width, channels].</returns>
    public static Tensor MaxPool(this ForwardContext context, Tensor x, int kernel, int stride, int padding)
    {
        PoolingShape shape = new(x.Shape[0], x.Shape[1], x.Shape[2], x.Shape[3], kernel, stride, padding);
        Tensor y = context.Allocate([shape.Batch, shape.OutputHeight, shape.OutputWidth, shape.Channels]);
        Tensor? positions = context.Records([x]) ? context.Allocate(y.Shape) : null;
        context.Backend.MaxPool(shape, x, y, positions);
        return context.Record(y, [x], dy =>
        {
            Tensor dx = context.Allocate(x.Shape);
            context.Backend.MaxPoolBackward(shape, dy, positions!, dx);
            context.AddGradient(x, dx);
        }, [positions]);
    }

    /// <summary>A feature map at another size.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="x">[batch, height, width, channels].</param>
    /// <param name="height">New rows.</param>
    /// <param name="width">New columns.</param>
    /// <param name="mode">How.</param>
    /// <returns>[batch, new height, new width, channels].</returns>
    public static Tensor Resize(this ForwardContext context, Tensor x, int height, int width, ResizeMode mode)
    {
        Tensor y = context.Allocate(x.Shape.With(1, height).With(2, width));
        context.Backend.Resize(mode, x, y);
        return context.Record(y, [x], dy =>
        {
            Tensor dx = context.Allocate(x.Shape);
            context.Backend.ResizeBackward(mode, dy, dx);
            context.AddGradient(x, dx);
        });
    }
}
