namespace Detr.Tensors;

/// <summary>Layer norm over the last axis, with a learnt factor and term.</summary>
public sealed class LayerNorm
{
    private readonly Parameter _weight;
    private readonly Parameter _bias;

    /// <summary>Adds the layer's parameters.</summary>
    /// <param name="parameters">Takes weight and bias, both [channels].</param>
    /// <param name="name">The layer's name.</param>
    /// <param name="channels">The size of the last axis.</param>
    public LayerNorm(ParameterSet parameters, string name, int channels)
    {
        _weight = parameters.Add($"{name}.weight", [channels]);
        _bias = parameters.Add($"{name}.bias", [channels]);
        Initialization.Fill(_weight, 1f);
    }

    /// <summary>The layer's result.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="x">[…, channels].</param>
    public Tensor Forward(ForwardContext context, Tensor x) => context.LayerNorm(x, _weight, _bias);
}
