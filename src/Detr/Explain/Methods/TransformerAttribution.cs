namespace Detr.Explain;

/// <summary>The relevance of the last decoder layer's attention, weighed by its gradient (after Chefer, Gur and Wolf, CVPR 2021).</summary>
public sealed class TransformerAttribution : IRelevanceMethod
{
    /// <inheritdoc/>
    public string Name => "transformer-attribution";

    /// <inheritdoc/>
    public HeadFusion Fusion => HeadFusion.GradientWeightedRelevance;

    /// <inheritdoc/>
    public bool ReadsAllLayers => false;

    /// <inheritdoc/>
    public float[] Map(FusedAttention attention, int query) => attention.DecoderCross[^1].Row(query).ToArray();
}
