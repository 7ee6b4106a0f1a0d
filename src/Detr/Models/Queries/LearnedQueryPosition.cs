using Detr.Tensors;

namespace Detr.Models;

/// <summary>The same learned position in every layer.</summary>
internal sealed class LearnedQueryPosition : IQueryPositions
{
    /// <inheritdoc/>
    public QueryPosition At(ForwardContext context, int layer, Tensor x, DecoderQueries queries, Tensor? points, ImageTokens memory)
        => new(queries.Embedding ?? throw new InvalidOperationException("These queries have no learned position."));
}
