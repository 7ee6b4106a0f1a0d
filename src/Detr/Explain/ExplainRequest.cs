namespace Detr.Explain;

/// <summary>What is to be explained, and how.</summary>
public sealed record ExplainRequest
{
    /// <summary>1 GiB.</summary>
    public const long DefaultMemoryLimit = 1L << 30;

    /// <summary>The methods, of different names; they share the forward pass and, for each query, the backward passes.</summary>
    public IReadOnlyList<IRelevanceMethod> Methods { get; init; } = [RelevanceMethods.All[0]];

    /// <summary>The object queries; null for those whose score is over <see cref="Threshold"/>, or the surest one if none is.</summary>
    public IReadOnlyList<int>? Queries { get; init; }

    /// <summary>The class whose logit is explained, by its place among the logits; null for each query's best other than no-object.</summary>
    public int? Label { get; init; }

    /// <summary>A class of its own for each of <see cref="Queries"/>, in place of <see cref="Label"/>; null for that.</summary>
    public IReadOnlyList<int>? Labels { get; init; }

    /// <summary>The least score where <see cref="Queries"/> is null.</summary>
    public float Threshold { get; init; } = 0.5f;

    /// <summary>The most bytes that attention maps may take at a time. With n cells, encoder layers take 4 n² bytes for each head.</summary>
    public long MemoryLimit { get; init; } = DefaultMemoryLimit;
}
