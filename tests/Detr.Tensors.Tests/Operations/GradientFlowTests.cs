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

    [Fact]
    public void A_kept_tape_gives_the_same_gradients_again_and_then_lets_its_memory_go()
    {
        Parameter x = new("x", [5, 4]), weight = new("weight", [3, 4]);
        x.Write(Random(x.Shape, 1).AsSpan());
        weight.Write(Random(weight.Shape, 2).AsSpan());
        ForwardContext context = new(_backend) { Tape = new Tape() };
        using Scope scope = context.Scope();
        Tensor y = context.Relu(context.Add(context.Linear(x, weight, null), context.Linear(x, weight, null)));
        List<float[]> gradients = [];
        foreach (bool keep in new[] { true, true, false })
        {
            context.Tape.Backward(context, [(y, context.Upload(y.Shape, Random(y.Shape, 3).AsSpan()))], keep);
            gradients.Add([.. x.Gradient!.AsSpan(), .. weight.Gradient!.AsSpan()]);
            x.ClearGradient();
            weight.ClearGradient();
            Assert.Null(y.Gradient);
        }

        Assert.Equal(gradients[0], gradients[1]);
        Assert.Equal(gradients[0], gradients[2]);
        Assert.Equal(0, context.Tape.Count);
    }

    [Fact]
    public void No_gradient_goes_back_through_what_was_detached()
    {
        Parameter x = new("x", [3]);
        x.Write([1f, 2f, 3f]);
        ForwardContext context = new(_backend) { Tape = new Tape() };
        using Scope scope = context.Scope();
        Tensor detached = context.Detach(x);
        Assert.Equal(x.ToArray(), detached.ToArray());
        Assert.False(context.Scale(detached, 2f).RequiresGradient);

        context.Tape.Backward(context, context.Sum(context.Multiply(x, detached)));
        Assert.Equal([1f, 2f, 3f], x.Gradient!.ToArray());
        Assert.Null(detached.Gradient);
    }

    [Fact]
    public void Constant_parameters_get_no_gradient_and_begin_no_chain()
    {
        Parameter weight = new("weight", [3, 4]), query = new("query", [1, 5, 4]);
        ForwardContext context = new(_backend) { Tape = new Tape(), ParametersAreConstants = true, AttentionGradientObserver = new Watcher("second") };
        using Scope scope = context.Scope();
        Tensor first = context.Attention("first", query, query, query, 2);
        Assert.Equal(0, context.Tape.Count);
        Tensor second = context.Attention("second", first, first, first, 2);
        Tensor y = context.Linear(second, weight, null);
        Assert.Equal(2, context.Tape.Count);
        context.Tape.Backward(context, [(y, context.Zeros(y.Shape))]);
        Assert.Null(weight.Gradient);
        Assert.Null(query.Gradient);
        Assert.Equal(["second"], ((Watcher)context.AttentionGradientObserver).Seen);
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

    private sealed class Watcher(string wanted) : IAttentionGradientObserver
    {
        internal List<string> Seen { get; } = [];

        public bool Wants(string name, in AttentionShape shape) => name == wanted;

        public void Observe(string name, Tensor probabilities, Tensor gradient)
        {
            Assert.Equal(probabilities.Shape, gradient.Shape);
            Seen.Add(name);
        }
    }
}
