using Detr.Kernels;

namespace Detr.Tensors;

/// <summary>y = x Wᵀ + b.</summary>
public sealed class Linear
{
    /// <summary>Adds the layer's parameters.</summary>
    /// <param name="parameters">Takes weight [out, in] and bias [out].</param>
    /// <param name="name">The layer's name; its parameters are name.weight and name.bias.</param>
    /// <param name="inputs">Channels in.</param>
    /// <param name="outputs">Channels out.</param>
    public Linear(ParameterSet parameters, string name, int inputs, int outputs)
    {
        Weight = parameters.Add($"{name}.weight", [outputs, inputs]);
        Bias = parameters.Add($"{name}.bias", [outputs]);
    }

    /// <summary>[out, in].</summary>
    public Parameter Weight { get; }

    /// <summary>[out].</summary>
    public Parameter Bias { get; }

    /// <summary>The layer's result.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="x">[…, in].</param>
    /// <param name="activation">Applied last.</param>
    /// <returns>[…, out].</returns>
    public Tensor Forward(ForwardContext context, Tensor x, Activation activation = Activation.None) => context.Linear(x, Weight, Bias, activation);
}
