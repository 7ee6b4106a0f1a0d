using Detr.Kernels;

namespace Detr.Tensors.Tests.Operations;

/// <summary>Where gradients flow, and where none is computed.</summary>
public sealed class GradientFlowTests : IDisposable
{
    private readonly CpuBackend _backend = new(2);

    public void Dispose() => _backend.Dispose();

    [Fact]
    public void A_constant_image_gets_no_gradient_and_costs_none()
    {
        Parameter kernel = new("kernel", [8, 3, 3, 3]);
        ForwardContext context = new(_backend) { Tape = new Tape() };
        using Scope scope = context.Scope();
        Tensor image = context.Permute(context.Zeros([4, 3, 96, 96]), 0, 2, 3, 1);
        Tensor y = context.Convolution(image, kernel, new ConvolutionGeometry(4, 0));
        Assert.False(image.RequiresGradient);
        Assert.Equal(1, context.Tape.Count);

        long before = _backend.HeldBytes;
        context.Tape.Backward(context, [(y, context.Zeros(y.Shape))]);
        Assert.Null(image.Gradient);
        Assert.NotNull(kernel.Gradient);
        Assert.True(_backend.HeldBytes - before < image.Length * sizeof(float), "room was taken for a gradient of the image");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Batch_norm_with_what_follows_is_the_same_as_one_after_the_other(bool training)
    {
        Tensor x = Random([2, 5, 6, 8], 1), residual = Random([2, 5, 6, 8], 2);
        Tensor weight = Random([8], 3), bias = Random([8], 4);
        ForwardContext context = new(_backend) { Training = training };
        using Scope scope = context.Scope();
        (Parameter mean, Parameter variance) = (Running(0f), Running(1f));
        (Parameter otherMean, Parameter otherVariance) = (Running(0f), Running(1f));

        Tensor together = context.BatchNorm(x, weight, bias, mean, variance, residual, Activation.Relu);
        Tensor apart = context.Relu(context.Add(context.BatchNorm(x, weight, bias, otherMean, otherVariance), residual));
        Assert.Equal(apart.ToArray(), together.ToArray());
        Assert.Equal(otherMean.ToArray(), mean.ToArray());
        Assert.Equal(otherVariance.ToArray(), variance.ToArray());
        Assert.Equal(training, mean.Version > 1);
    }

    private static Parameter Running(float value)
    {
        Parameter parameter = new("running", [8]);
        parameter.Write([value, value, value, value, value, value, value, value]);
        return parameter;
    }

    private static Tensor Random(Shape shape, int seed) => Tensor.FromArray(shape, GradientCheck.Random(shape, seed).AsSpan());
}
