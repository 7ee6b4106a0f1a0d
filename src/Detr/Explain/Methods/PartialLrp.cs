using System.Numerics.Tensors;

namespace Detr.Explain;

/// <summary>
/// The relevance of the last decoder layer's attention, mean of the heads, brought to 0 to 1 over all queries (after Voita et al. 2019).
/// </summary>
public sealed class PartialLrp : IRelevanceMethod
{
    /// <inheritdoc/>
    public string Name => "partial-lrp";

    /// <inheritdoc/>
    public HeadFusion Fusion => HeadFusion.MeanRelevance;

    /// <inheritdoc/>
    public bool ReadsAllLayers => false;

    /// <inheritdoc/>
    public float[] Map(FusedAttention attention, int query)
    {
        AttentionMap last = attention.DecoderCross[^1];
        float least = TensorPrimitives.Min<float>(last.Values), range = TensorPrimitives.Max<float>(last.Values) - least;
        float[] map = new float[last.Keys];
        if (range > 0f)
        {
            TensorPrimitives.Subtract(last.Row(query), least, map);
            TensorPrimitives.Divide(map, range, map);
        }

        return map;
    }
}
