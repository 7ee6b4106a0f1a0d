using System.Numerics.Tensors;

namespace Detr.Explain;

/// <summary>What is known of an attention's heads; each span is [heads, queries, keys], or empty where it was not computed.</summary>
internal readonly ref struct HeadMaps
{
    internal required int Heads { get; init; }

    internal required int Queries { get; init; }

    internal required int Keys { get; init; }

    /// <summary>Probabilities.</summary>
    internal ReadOnlySpan<float> Attention { get; init; }

    /// <summary>The explained logit's derivative with respect to them.</summary>
    internal ReadOnlySpan<float> Gradient { get; init; }

    /// <summary>Their relevance.</summary>
    internal ReadOnlySpan<float> Relevance { get; init; }

    private int Length => Queries * Keys;

    /// <summary>Makes one map of all heads.</summary>
    internal AttentionMap Fuse(HeadFusion fusion)
    {
        AttentionMap fused = new(Queries, Keys, new float[Length]);
        switch (fusion)
        {
            case HeadFusion.Mean:
                AddHeads(Attention, fused.Values);
                break;
            case HeadFusion.MeanRelevance:
                AddHeads(Relevance, fused.Values);
                break;
            case HeadFusion.GradientWeighted:
                AddPositiveProducts(Attention, fused.Values);
                break;
            case HeadFusion.GradientWeightedRelevance:
                AddPositiveProducts(Relevance, fused.Values);
                break;
            case HeadFusion.GradCam:
                for (int head = 0; head < Heads; head++)
                {
                    float weight = TensorPrimitives.Sum(Gradient.Slice(head * Length, Length)) / Length;
                    TensorPrimitives.MultiplyAdd(Attention.Slice(head * Length, Length), weight / Heads, fused.Values, fused.Values);
                }

                TensorPrimitives.Max(fused.Values, 0f, fused.Values);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(fusion), fusion, "There is no such fusion of heads.");
        }

        return fused;
    }

    private void AddHeads(ReadOnlySpan<float> maps, Span<float> mean)
    {
        for (int head = 0; head < Heads; head++)
        {
            TensorPrimitives.MultiplyAdd(maps.Slice(head * Length, Length), 1f / Heads, mean, mean);
        }
    }

    private void AddPositiveProducts(ReadOnlySpan<float> maps, Span<float> mean)
    {
        Span<float> product = new float[Keys];
        for (int row = 0; row < Heads * Queries; row++)
        {
            TensorPrimitives.Multiply(Gradient.Slice(row * Keys, Keys), maps.Slice(row * Keys, Keys), product);
            TensorPrimitives.Max(product, 0f, product);
            Span<float> sum = mean.Slice(row % Queries * Keys, Keys);
            TensorPrimitives.MultiplyAdd(product, 1f / Heads, sum, sum);
        }
    }
}
