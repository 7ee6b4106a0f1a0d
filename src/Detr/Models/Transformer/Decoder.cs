using Detr.Tensors;

namespace Detr.Models;

/// <summary>
/// The decoder of every detector of the family: all queries at once, layer by layer. What differs is a layer's attention, how queries are
/// told where they are, and how boxes follow from them.
/// </summary>
/// <param name="layers">The layers.</param>
/// <param name="norm">What a layer's result goes through before heads read it; null for nothing.</param>
/// <param name="positions">Tells queries where they are.</param>
/// <param name="boxes">Where the boxes are after each layer.</param>
internal sealed class Decoder(IReadOnlyList<DecoderLayer> layers, LayerNorm? norm, IQueryPositions positions, IBoxPrediction boxes)
{
    /// <summary>How many layers there are.</summary>
    internal int LayerCount => layers.Count;

    /// <summary>The boxes' part.</summary>
    internal IBoxPrediction Boxes => boxes;

    /// <summary>What the queries have become after each layer, and their boxes.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="memory">The encoder's result, with positions as attention adds them.</param>
    /// <param name="queries">What queries begin as.</param>
    /// <param name="allLayers">Whether every layer's result is wanted, or only the last one's.</param>
    /// <returns>The wanted layers, the last one last.</returns>
    internal IReadOnlyList<DecodedLayer> Forward(ForwardContext context, ImageTokens memory, DecoderQueries queries, bool allLayers)
    {
        using Scope scope = context.Scope();
        Tensor? placedMemory = layers.Any(layer => layer.ReadsPlacedMemory) ? context.Add(memory.Values, memory.Position) : null;
        Tensor x = queries.Content;
        ReferencePoints points = new(queries.Points, queries.Points);
        List<DecodedLayer> results = [];
        for (int i = 0; i < layers.Count; i++)
        {
            QueryPosition position = positions.At(context, i, x, queries, points.Seen, memory);
            x = layers[i].Forward(context, x, new DecoderLayerInputs(memory, placedMemory, position, points.Seen, queries.SelfAttentionBias));
            bool isLast = i == layers.Count - 1, isWanted = allLayers || isLast;
            Tensor? result = isWanted ? norm?.Forward(context, x) ?? x : null;
            Tensor? predicted = result is null ? null : boxes.Predict(context, i, result, points);
            if (result is not null && predicted is not null)
            {
                results.Add(new DecodedLayer(scope.Keep(result), scope.Keep(predicted)));
            }

            points = isLast ? points : boxes.Move(context, i, x, predicted, points);
        }

        return results;
    }
}
