using System.Numerics.Tensors;

namespace Detr.Explain;

/// <summary>
/// Relevance after Chefer, Gur and Wolf ("Generic attention-model explainability", ICCV 2021, section 3): A is each attention's mean of
/// max(∂y/∂A ⊙ A, 0) over heads. Cells and queries come to speak for one another as <see cref="SelfRelevance"/> has it, R_ii and R_qq. Decoder
/// layers in order make, of R_qi = 0, first R_qi + A_self R_qi, then R_qi + n(R_qq)ᵀ A_cross n(R_ii). The map is the query's row of R_qi.
/// </summary>
public sealed record Relevance : IRelevanceMethod
{
    /// <inheritdoc/>
    public string Name { get; init; } = "relevance";

    /// <inheritdoc/>
    public HeadFusion Fusion { get; init; } = HeadFusion.GradientWeighted;

    /// <inheritdoc/>
    public bool ReadsAllLayers => true;

    /// <summary>Whether n brings rows' sums to 1; else n(R) is R.</summary>
    public bool Normalizes { get; init; } = true;

    /// <summary>Whether cross-attention passes through R_qq and R_ii; else it is added as it is.</summary>
    public bool UsesSelfAttention { get; init; } = true;

    /// <summary>Whether layers add to what the layers before them made; else they replace it, and nothing is normalised.</summary>
    public bool Aggregates { get; init; } = true;

    /// <summary>How many decoder layers count, from the first; null for all. The relevance of fewer is the map as it was after them.</summary>
    public int? DecoderLayers { get; init; }

    /// <summary>
    /// Whether a decoder layer adds nothing at all where n divides zero by zero in one row, as in the authors' program. Otherwise
    /// only that row counts for nothing, as in the first decoder layer, whose values are all the same.
    /// </summary>
    public bool DropsUndefinedLayers { get; init; }

    /// <inheritdoc/>
    public float[] Map(FusedAttention attention, int query)
    {
        SelfRelevance cells = new(attention.Encoder, Normalizes, Aggregates);
        float[] queries = new float[attention.DecoderCross[0].Queries], map = new float[attention.DecoderCross[0].Keys];
        queries[query] = 1f;

        // The query's row alone: what R_qi is multiplied with in later layers is gathered in `queries`, from the last layer to the first.
        for (int i = (DecoderLayers ?? attention.DecoderCross.Count) - 1; i >= 0; i--)
        {
            SelfRelevance others = new([.. attention.DecoderSelf.Take(i + 1)], Normalizes, Aggregates);
            bool undefined = UsesSelfAttention && (others.HasEmptyRow || cells.HasEmptyRow);
            if (!(undefined && DropsUndefinedLayers))
            {
                TensorPrimitives.Add(map, attention.DecoderCross[i].TransposedTimes(UsesSelfAttention ? others.Times(queries) : queries), map);
            }

            if (!Aggregates)
            {
                break;
            }

            TensorPrimitives.Add(queries, attention.DecoderSelf[i].TransposedTimes(queries), queries);
        }

        return UsesSelfAttention ? cells.TransposedTimes(map) : map;
    }
}
