using Detr.Tensors;

namespace Detr.Models;

/// <summary>DINO's positions of queries: an encoding of their anchors in each layer, by two linear layers.</summary>
/// <param name="parameters">Takes the layers' parameters.</param>
/// <param name="name">Their name, such as <c>transformer.decoder.ref_point_head</c>.</param>
/// <param name="channels">The transformer's channels.</param>
internal sealed class EncodedAnchorPosition(ParameterSet parameters, string name, int channels) : IQueryPositions
{
    private static readonly int[] Order = [1, 0, 2, 3];

    private readonly MultiLayerPerceptron _head = new(parameters, name, 2 * channels, channels, channels, layers: 2);
    private readonly float[] _wavelengths = new SinePositionOptions().Wavelengths(channels / 2);

    /// <inheritdoc/>
    public QueryPosition At(ForwardContext context, int layer, Tensor x, DecoderQueries queries, Tensor? points, ImageTokens memory)
    {
        using Scope scope = context.Scope();
        Tensor placed = context.Multiply(points!, LevelPlaces.Filled(context, [memory.Levels[0]], points!.Shape[2]));
        return new QueryPosition(scope.Keep(_head.Forward(context, context.SineEncoding(placed, Order, _wavelengths))));
    }
}
