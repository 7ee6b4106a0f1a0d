namespace Detr.Tensors.Tests.Modules;

/// <summary>Names and arithmetic of linear layers in a row.</summary>
public sealed class MultiLayerPerceptronTests
{
    [Fact]
    public void Layers_follow_each_other_with_relu_between_them()
    {
        ParameterSet parameters = [];
        MultiLayerPerceptron perceptron = new(parameters, "head", 1, 2, 1, 3);
        Assert.Equal(
            ["head.layers.0.weight", "head.layers.0.bias", "head.layers.1.weight", "head.layers.1.bias", "head.layers.2.weight", "head.layers.2.bias"],
            parameters.Select(parameter => parameter.Name));
        parameters["head.layers.0.weight"].Write([1f, -1f]);
        parameters["head.layers.1.weight"].Write([1f, 2f, 3f, 4f]);
        parameters["head.layers.1.bias"].Write([-5f, 0f]);
        parameters["head.layers.2.weight"].Write([10f, -1f]);

        using CpuBackend backend = new(1);
        ForwardContext context = new(backend);
        using Scope scope = context.Scope();

        // 4: (4, 0), (−1, 12) → (0, 12), −12. −4: (0, 4), (3, 16), 14.
        Assert.Equal([-12f, 14f], perceptron.Forward(context, context.Upload([2, 1], [4f, -4f])).ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => new MultiLayerPerceptron([], "none", 1, 1, 1, 0));
    }
}
