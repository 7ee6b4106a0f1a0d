using Detr.Tensors;

namespace Detr.Models;

/// <summary>Object queries before the first decoder layer.</summary>
/// <param name="Content">What they are, [batch, queries, channels].</param>
internal sealed record DecoderQueries(Tensor Content)
{
    /// <summary>Where they are, as learned, [1 or batch, queries, channels]; null where that follows from <see cref="Points"/>.</summary>
    internal Tensor? Embedding { get; init; }

    /// <summary>Their reference points, [batch, queries, 2 or 4], from 0 to 1; null where there are none.</summary>
    internal Tensor? Points { get; init; }

    /// <summary>Added to the scores of queries for each other, [queries, queries]; null for nothing.</summary>
    internal Tensor? SelfAttentionBias { get; init; }

    /// <summary>What the encoder's cells propose; null where they are not asked.</summary>
    internal DetrOutput? Proposals { get; init; }
}
