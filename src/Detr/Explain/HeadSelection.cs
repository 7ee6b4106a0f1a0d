namespace Detr.Explain;

/// <summary>Some heads of some attentions.</summary>
/// <param name="Kind">Of which attentions.</param>
public sealed record HeadSelection(AttentionKind Kind)
{
    /// <summary>In which layers, from 0; null for all.</summary>
    public IReadOnlyCollection<int>? Layers { get; init; }

    /// <summary>Which heads, from 0; null for all.</summary>
    public IReadOnlyCollection<int>? Heads { get; init; }

    /// <summary>For which query alone: an object query in the decoder, a cell in the encoder; null for all of them.</summary>
    public int? Query { get; init; }
}
