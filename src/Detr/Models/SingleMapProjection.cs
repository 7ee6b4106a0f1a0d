using Detr.Tensors;

namespace Detr.Models;

/// <summary>A 1×1 convolution of the backbone's last map.</summary>
internal sealed class SingleMapProjection(ParameterSet parameters, string name, int inputs, int channels) : IFeatureProjection
{
    private readonly Parameter _weight = parameters.Add($"{name}.weight", [channels, inputs, 1, 1]);
    private readonly Parameter _bias = parameters.Add($"{name}.bias", [channels]);

    /// <inheritdoc/>
    public int Stages => 1;

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Forward(ForwardContext context, IReadOnlyList<Tensor> stages) => [context.Convolution(stages[^1], _weight, ConvolutionGeometry.Pointwise, bias: _bias)];

    /// <inheritdoc/>
    public Tensor? LevelPosition(ForwardContext context, int level) => null;
}
