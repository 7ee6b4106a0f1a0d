using Detr.Tensors;

namespace Detr.Models;

/// <summary>Layers in which cells look at each other: all at all, or each at a few places.</summary>
internal sealed class TransformerEncoder : IEncoder
{
    private readonly List<EncoderLayer> _layers = [];
    private readonly bool _samples;
    private readonly LayerNorm? _norm;
    private readonly MultiLayerPerceptron? _positionWeights;

    /// <summary>Adds the encoder's parameters.</summary>
    /// <param name="parameters">Takes layers.…, norm and query_scale under the name.</param>
    /// <param name="name">The encoder's name, such as <c>transformer.encoder</c>.</param>
    /// <param name="options">The shape.</param>
    /// <param name="hasNorm">Whether it ends in a norm; pre-norm encoders do, and the stock transformer of the demo model.</param>
    /// <param name="learnsSlopes">Whether feed-forward parts have a PReLU instead of a ReLU.</param>
    /// <param name="weighsPositions">Whether each layer weighs the channels of a cell's position by what the cell has become (Liu et al. 2022, DAB-DETR).</param>
    /// <param name="deformable">Where attention samples; null where it is to all cells.</param>
    internal TransformerEncoder(
        ParameterSet parameters, string name, TransformerOptions options, bool hasNorm, bool learnsSlopes = false, bool weighsPositions = false, DeformableOptions? deformable = null)
    {
        for (int i = 0; i < options.EncoderLayers; i++)
        {
            _layers.Add(new EncoderLayer(parameters, $"{name}.layers.{i}", options, learnsSlopes, deformable));
        }

        _samples = deformable is not null;
        _norm = hasNorm ? new LayerNorm(parameters, $"{name}.norm", options.Channels) : null;
        _positionWeights = weighsPositions ? new MultiLayerPerceptron(parameters, $"{name}.query_scale", options.Channels, options.Channels, options.Channels, layers: 2) : null;
    }

    /// <inheritdoc/>
    public Tensor Forward(ForwardContext context, ImageTokens tokens)
    {
        using Scope scope = context.Scope();
        Tensor x = tokens.Values;
        EncoderLayerInputs inputs = new(tokens, _samples ? LevelPlaces.OnLevels(context, context.MiddlesOf(tokens), tokens.Levels) : null);
        foreach (EncoderLayer layer in _layers)
        {
            Tensor position = _positionWeights is null ? tokens.Position : context.Multiply(tokens.Position, _positionWeights.Forward(context, x));
            x = layer.Forward(context, x, position, inputs);
        }

        return scope.Keep(_norm?.Forward(context, x) ?? x);
    }
}
