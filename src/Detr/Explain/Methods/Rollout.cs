using System.Numerics.Tensors;

namespace Detr.Explain;

/// <summary>
/// Attention rollout (Abnar and Zuidema 2020): each layer is its heads' mean and the residual, M = (A + I) with rows brought to a sum of 1.
/// The map is row t of R_qqᵀ A R_ii, R_qq and R_ii the products of the decoder's and the encoder's layers, A the last cross-attention.
/// </summary>
public sealed class Rollout : IRelevanceMethod
{
    /// <inheritdoc/>
    public string Name => "rollout";

    /// <inheritdoc/>
    public HeadFusion Fusion => HeadFusion.Mean;

    /// <inheritdoc/>
    public bool ReadsAllLayers => true;

    /// <inheritdoc/>
    public float[] Map(FusedAttention attention, int query)
    {
        float[] queries = new float[attention.DecoderCross[^1].Queries];
        queries[query] = 1f;
        foreach (AttentionMap layer in attention.DecoderSelf)
        {
            float[] sums = layer.Times(queries);
            TensorPrimitives.Add(sums, queries, sums);
            TensorPrimitives.Divide(sums, RowSums(layer), queries);
        }

        float[] cells = attention.DecoderCross[^1].TransposedTimes(queries);
        for (int i = attention.Encoder.Count - 1; i >= 0; i--)
        {
            TensorPrimitives.Divide(cells, RowSums(attention.Encoder[i]), cells);
            TensorPrimitives.Add(cells, attention.Encoder[i].TransposedTimes(cells), cells);
        }

        return cells;
    }

    /// <summary>The row sums of A + I.</summary>
    private static float[] RowSums(AttentionMap layer)
    {
        float[] sums = new float[layer.Queries];
        for (int row = 0; row < sums.Length; row++)
        {
            sums[row] = 1f + TensorPrimitives.Sum(layer.Row(row));
        }

        return sums;
    }
}
