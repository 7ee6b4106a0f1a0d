namespace Detr.Explain;

/// <summary>A transformer's attentions, the heads of each made one; a list is empty where a method does not read its attentions.</summary>
/// <param name="Encoder">The encoder's layers, [cells, cells] each.</param>
/// <param name="DecoderSelf">The self-attentions of the decoder's layers, [queries, queries] each.</param>
/// <param name="DecoderCross">Their cross-attentions, [queries, cells] each; the last one is the last decoder layer's.</param>
public sealed record FusedAttention(IReadOnlyList<AttentionMap> Encoder, IReadOnlyList<AttentionMap> DecoderSelf, IReadOnlyList<AttentionMap> DecoderCross);
