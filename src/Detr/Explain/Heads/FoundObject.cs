using System.Numerics.Tensors;
using Tensor = Detr.Tensors.Tensor;

namespace Detr.Explain;

/// <summary>What a whole model found, to be followed when heads are off.</summary>
/// <param name="Detection">The detection.</param>
/// <param name="Label">Its class, by its place among the logits.</param>
internal sealed record FoundObject(Detection Detection, int Label)
{
    /// <summary>The detections of a threshold, the surest first, or the surest one where none reaches it.</summary>
    /// <param name="logits">[1, queries, classes + 1].</param>
    /// <param name="detections">Every query's detection, in query order.</param>
    /// <param name="threshold">The least score.</param>
    /// <param name="query">The only query that is of interest, whatever its score; null for all.</param>
    internal static IReadOnlyList<FoundObject> Of(Tensor logits, IReadOnlyList<Detection> detections, float threshold, int? query = null)
    {
        Detection[] sure = query is { } only
            ? [detections[only]]
            : [.. detections.Where(detection => detection.Score >= threshold).OrderByDescending(detection => detection.Score)];
        return [.. (sure.Length > 0 ? sure : [detections.MaxBy(detection => detection.Score)!]).Select(detection => new FoundObject(detection, Best(logits, detection.Query)))];
    }

    /// <summary>How probable the object's class is at its query in another pass.</summary>
    /// <param name="logits">[1, queries, classes + 1].</param>
    internal float Score(Tensor logits)
    {
        float[] probabilities = new float[logits.Shape[2]];
        TensorPrimitives.SoftMax(Row(logits, Detection.Query), probabilities);
        return probabilities[Label];
    }

    private static int Best(Tensor logits, int query) => TensorPrimitives.IndexOfMax(Row(logits, query)[..^1]);

    private static ReadOnlySpan<float> Row(Tensor logits, int query) => logits.AsSpan().Slice(query * logits.Shape[2], logits.Shape[2]);
}
