using Detr.Tensors;

namespace Detr.Models;

/// <summary>A <see cref="ResidualBlock"/> in eight bits; its input is not needed afterwards.</summary>
internal sealed class QuantizedBlock(IReadOnlyList<QuantizedLayer> layers, QuantizedLayer? shortcut)
{
    internal QuantizedTensor Forward(ForwardContext context, QuantizedTensor x)
    {
        using Scope scope = context.Scope();
        QuantizedTensor residual = shortcut is null ? x : context.Convolution(x, shortcut);
        QuantizedTensor y = x;
        for (int i = 0; i < layers.Count - 1; i++)
        {
            y = context.Convolution(y, layers[i]);
        }

        return scope.Keep(context.Convolution(y, layers[^1], residual, overwriteResidual: true));
    }
}
