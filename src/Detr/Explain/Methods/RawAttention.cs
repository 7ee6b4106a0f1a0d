namespace Detr.Explain;

/// <summary>What the query attends to in the last decoder layer, mean of the heads: the same for every class.</summary>
public sealed class RawAttention : IRelevanceMethod
{
    /// <inheritdoc/>
    public string Name => "raw-attention";

    /// <inheritdoc/>
    public HeadFusion Fusion => HeadFusion.Mean;

    /// <inheritdoc/>
    public bool ReadsAllLayers => false;

    /// <inheritdoc/>
    public float[] Map(FusedAttention attention, int query) => attention.DecoderCross[^1].Row(query).ToArray();
}
