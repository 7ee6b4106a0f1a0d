using Detr.Tensors;

namespace Detr.Models;

/// <summary>DETR's transformer: an encoder over the image's cells, a decoder over object queries, all decoded at once.</summary>
public sealed class Transformer
{
    private readonly List<EncoderLayer> _encoder = [];
    private readonly List<DecoderLayer> _decoder = [];
    private readonly LayerNorm? _encoderNorm;
    private readonly LayerNorm _decoderNorm;

    /// <summary>Adds the transformer's parameters.</summary>
    /// <param name="parameters">Takes encoder.layers.…, decoder.layers.… and decoder.norm under the prefix.</param>
    /// <param name="prefix">What stands before each name, such as <c>transformer.</c>.</param>
    /// <param name="options">The shape.</param>
    /// <param name="encoderNorm">Whether the encoder ends in a norm; pre-norm encoders do, and the stock transformer of the demo model.</param>
    public Transformer(ParameterSet parameters, string prefix, TransformerOptions options, bool encoderNorm)
    {
        for (int i = 0; i < options.EncoderLayers; i++)
        {
            _encoder.Add(new EncoderLayer(parameters, $"{prefix}encoder.layers.{i}", options));
        }

        _encoderNorm = encoderNorm ? new LayerNorm(parameters, $"{prefix}encoder.norm", options.Channels) : null;
        for (int i = 0; i < options.DecoderLayers; i++)
        {
            _decoder.Add(new DecoderLayer(parameters, $"{prefix}decoder.layers.{i}", options));
        }

        _decoderNorm = new LayerNorm(parameters, $"{prefix}decoder.norm", options.Channels);
    }

    /// <summary>What the image's cells have become after the encoder: DETR's memory.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="source">The image's cells, [batch, cells, channels].</param>
    /// <param name="position">What is added to them where queries and keys are made, of the same shape.</param>
    /// <param name="padding">Which cells are padding.</param>
    /// <returns>[batch, cells, channels].</returns>
    public Tensor Encode(ForwardContext context, Tensor source, Tensor position, PaddingMask padding)
    {
        using Scope scope = context.Scope();
        Tensor x = source;
        foreach (EncoderLayer layer in _encoder)
        {
            x = layer.Forward(context, x, position, padding);
        }

        return scope.Keep(_encoderNorm?.Forward(context, x) ?? x);
    }

    /// <summary>What the queries have become after each decoder layer, normalised.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="memory">What the encoder made of the cells, [batch, cells, channels].</param>
    /// <param name="position">What is added to it where keys are made, of the same shape.</param>
    /// <param name="padding">Which cells are padding.</param>
    /// <param name="queryStart">What queries begin as, [batch, queries, channels].</param>
    /// <param name="queryPosition">The object queries, [1, queries, channels].</param>
    /// <param name="allLayers">Whether every decoder layer's result is wanted, or only the last one's.</param>
    /// <returns>[batch, queries, channels] for each wanted layer, the last one last.</returns>
    public IReadOnlyList<Tensor> Decode(
        ForwardContext context, Tensor memory, Tensor position, PaddingMask padding, Tensor queryStart, Tensor queryPosition, bool allLayers)
    {
        using Scope scope = context.Scope();
        Tensor placedMemory = context.Add(memory, position);
        Tensor x = queryStart;
        List<Tensor> results = [];
        for (int i = 0; i < _decoder.Count; i++)
        {
            x = _decoder[i].Forward(context, x, queryPosition, memory, placedMemory, padding);
            if (allLayers || i == _decoder.Count - 1)
            {
                results.Add(scope.Keep(_decoderNorm.Forward(context, x)));
            }
        }

        return results;
    }
}
