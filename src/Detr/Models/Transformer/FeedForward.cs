using Detr.Kernels;
using Detr.Tensors;

namespace Detr.Models;

/// <summary>The two linear layers of a transformer layer with a ReLU between them.</summary>
internal sealed class FeedForward(ParameterSet parameters, string name, int channels, int inner, float dropout)
{
    private readonly Linear _first = new(parameters, $"{name}.linear1", channels, inner);
    private readonly Linear _second = new(parameters, $"{name}.linear2", inner, channels);

    internal Tensor Forward(ForwardContext context, Tensor x)
    {
        using Scope scope = context.Scope();
        Tensor hidden = context.Dropout(_first.Forward(context, x, Activation.Relu), dropout);
        return scope.Keep(_second.Forward(context, hidden));
    }
}
