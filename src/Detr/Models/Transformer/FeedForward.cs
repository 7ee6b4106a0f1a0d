using Detr.Kernels;
using Detr.Tensors;

namespace Detr.Models;

/// <summary>The two linear layers of a transformer layer with a ReLU between them, or a PReLU with one learnt slope.</summary>
internal sealed class FeedForward
{
    // As PyTorch's PReLU begins.
    private const float FirstSlope = 0.25f;

    private readonly float _dropout;
    private readonly Linear _first;
    private readonly Linear _second;
    private readonly Parameter? _slope;

    internal FeedForward(ParameterSet parameters, string name, int channels, int inner, float dropout, bool learnsSlope = false)
    {
        _dropout = dropout;
        _first = new Linear(parameters, $"{name}.linear1", channels, inner);
        _second = new Linear(parameters, $"{name}.linear2", inner, channels);
        if (learnsSlope)
        {
            _slope = parameters.Add($"{name}.activation.weight", [1]);
            Initialization.Fill(_slope, FirstSlope);
        }
    }

    internal Tensor Forward(ForwardContext context, Tensor x)
    {
        using Scope scope = context.Scope();
        Tensor hidden = _slope is null ? _first.Forward(context, x, Activation.Relu) : context.ParametricRelu(_first.Forward(context, x), _slope);
        return scope.Keep(_second.Forward(context, context.Dropout(hidden, _dropout)));
    }
}
