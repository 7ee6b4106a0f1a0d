using Detr.Tensors;

namespace Detr.Models;

/// <summary>Layers of self-attention of all cells to all cells.</summary>
internal sealed class TransformerEncoder : IEncoder
{
    private readonly List<EncoderLayer> _layers = [];
    private readonly LayerNorm? _norm;

    /// <summary>Adds the encoder's parameters.</summary>
    /// <param name="parameters">Takes layers.… and norm under the name.</param>
    /// <param name="name">The encoder's name, such as <c>transformer.encoder</c>.</param>
    /// <param name="options">The shape.</param>
    /// <param name="hasNorm">Whether it ends in a norm; pre-norm encoders do, and the stock transformer of the demo model.</param>
    internal TransformerEncoder(ParameterSet parameters, string name, TransformerOptions options, bool hasNorm)
    {
        for (int i = 0; i < options.EncoderLayers; i++)
        {
            _layers.Add(new EncoderLayer(parameters, $"{name}.layers.{i}", options));
        }

        _norm = hasNorm ? new LayerNorm(parameters, $"{name}.norm", options.Channels) : null;
    }

    /// <inheritdoc/>
    public Tensor Forward(ForwardContext context, ImageTokens tokens)
    {
        using Scope scope = context.Scope();
        Tensor x = tokens.Values;
        foreach (EncoderLayer layer in _layers)
        {
            x = layer.Forward(context, x, tokens.Position, tokens.Cells);
        }

        return scope.Keep(_norm?.Forward(context, x) ?? x);
    }
}
