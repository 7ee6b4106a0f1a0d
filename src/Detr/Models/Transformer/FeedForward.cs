using Detr.Kernels;
using Detr.Tensors;

namespace Detr.Models;

/// <summary>The two linear layers of a transformer layer with a ReLU between them, or a PReLU with one learnt slope.</summary>
internal sealed class FeedForward
{
    // As PyTorch's PReLU begins.
    private const float FirstSlope = 0.25f;

    // Numbers between the layers that stay in a processor's outer cache.
    private const int InnerAtOnce = 1 << 20;

    private readonly float _dropout;
    private readonly int _rowsAtOnce;
    private readonly Linear _first;
    private readonly Linear _second;
    private readonly Parameter? _slope;

    internal FeedForward(ParameterSet parameters, string name, int channels, int inner, float dropout, bool learnsSlope = false)
    {
        _dropout = dropout;
        _rowsAtOnce = Math.Max(1, InnerAtOnce / inner);
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
        int channels = x.Shape[^1], rows = x.Length / channels;
        if (context.Tape is not null || context.Training || rows < 2 * _rowsAtOnce)
        {
            return Transform(context, x);
        }

        // No gradient will ask for what is between the layers, which for a pyramid's cells is far larger than what goes in and out.
        using Scope scope = context.Scope();
        Tensor all = context.Reshape(x, [rows, channels]);
        List<Tensor> parts = [];
        for (int row = 0; row < rows; row += _rowsAtOnce)
        {
            parts.Add(Transform(context, context.Slice(all, 0, row, Math.Min(_rowsAtOnce, rows - row))));
        }

        return scope.Keep(context.Reshape(context.Concatenate(0, [.. parts]), x.Shape));
    }

    private Tensor Transform(ForwardContext context, Tensor x)
    {
        using Scope scope = context.Scope();
        Tensor hidden = _slope is null ? _first.Forward(context, x, Activation.Relu) : context.ParametricRelu(_first.Forward(context, x), _slope);
        return scope.Keep(_second.Forward(context, context.Dropout(hidden, _dropout)));
    }
}
