namespace Detr.Explain;

/// <summary>Which heads a sweep switches off, and what it looks at.</summary>
public sealed record HeadSweepRequest
{
    /// <summary>Of which attentions heads go off, in every layer.</summary>
    public AttentionKind Kind { get; init; } = AttentionKind.DecoderCross;

    /// <summary>The object query for which alone heads go off, and which alone is looked at; null for all.</summary>
    public int? Query { get; init; }

    /// <summary>The least score of what the whole model found; where nothing reaches it, the surest query is looked at.</summary>
    public float Threshold { get; init; } = DetectRequest.DefaultThreshold;

    /// <summary>What makes the maps.</summary>
    public IRelevanceMethod Method { get; init; } = RelevanceMethods.All[0];

    /// <summary>The most bytes that attention maps may take at a time.</summary>
    public long MemoryLimit { get; init; } = ExplainRequest.DefaultMemoryLimit;
}
