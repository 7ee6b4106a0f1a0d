using Detr.Kernels;

namespace Detr.Tensors;

/// <summary>Linear layers with ReLU between them.</summary>
public sealed class MultiLayerPerceptron
{
    private readonly Linear[] _layers;

    /// <summary>Adds the layers' parameters.</summary>
    /// <param name="parameters">Takes name.layers.0.weight, name.layers.0.bias, and so on.</param>
    /// <param name="name">What stands before the layers' names.</param>
    /// <param name="inputs">Channels in.</param>
    /// <param name="hidden">Channels between two layers.</param>
    /// <param name="outputs">Channels out.</param>
    /// <param name="layers">How many layers; at least one.</param>
    public MultiLayerPerceptron(ParameterSet parameters, string name, int inputs, int hidden, int outputs, int layers)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(layers, 1);
        _layers = [.. Enumerable.Range(0, layers).Select(i => new Linear(parameters, $"{name}.layers.{i}", i == 0 ? inputs : hidden, i == layers - 1 ? outputs : hidden))];
    }

    /// <summary>The layers' result.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="x">[…, in].</param>
    /// <returns>[…, out].</returns>
    public Tensor Forward(ForwardContext context, Tensor x)
    {
        using Scope scope = context.Scope();
        foreach (Linear layer in _layers)
        {
            x = layer.Forward(context, x, layer == _layers[^1] ? Activation.None : Activation.Relu);
        }

        return scope.Keep(x);
    }
}
