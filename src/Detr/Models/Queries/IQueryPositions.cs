using Detr.Tensors;

namespace Detr.Models;

/// <summary>Tells queries where they are, layer by layer.</summary>
internal interface IQueryPositions
{
    /// <summary>The queries' positions in a layer.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="layer">The layer's number.</param>
    /// <param name="x">What the queries are before it, [batch, queries, channels].</param>
    /// <param name="queries">What they began as.</param>
    /// <param name="points">Their reference points in this layer, [batch, queries, 2 or 4]; null where there are none.</param>
    /// <param name="memory">The encoder's result.</param>
    QueryPosition At(ForwardContext context, int layer, Tensor x, DecoderQueries queries, Tensor? points, ImageTokens memory);
}
