using Detr.Kernels;
using Detr.Tensors;

namespace Detr.Models;

/// <summary>Three linear layers with ReLU between them: from a query to its box.</summary>
internal sealed class BoxHead
{
    private readonly Linear[] _layers;

    internal BoxHead(ParameterSet parameters, string name, int channels)
        => _layers =
        [
            new Linear(parameters, $"{name}.layers.0", channels, channels),
            new Linear(parameters, $"{name}.layers.1", channels, channels),
            new Linear(parameters, $"{name}.layers.2", channels, 4),
        ];

    /// <summary>Boxes before the sigmoid, [batch, queries, 4].</summary>
    internal Tensor Forward(ForwardContext context, Tensor x)
    {
        using Scope scope = context.Scope();
        Tensor hidden = _layers[1].Forward(context, _layers[0].Forward(context, x, Activation.Relu), Activation.Relu);
        return scope.Keep(_layers[2].Forward(context, hidden));
    }
}
