using System.Numerics.Tensors;
using Detr.Models;

namespace Detr.Explain;

/// <summary>What a whole model found, to be followed when heads are off.</summary>
/// <param name="Detection">The detection.</param>
/// <param name="Label">Its class, by its place among the logits.</param>
internal sealed record FoundObject(Detection Detection, int Label)
{
    /// <summary>The detections of a threshold, the surest first, or the surest one where none reaches it.</summary>
    /// <param name="output">The predictions for one image.</param>
    /// <param name="detections">Every query's detection, in query order.</param>
    /// <param name="threshold">The least score.</param>
    /// <param name="query">The only query that is of interest, whatever its score; null for all.</param>
    internal static IReadOnlyList<FoundObject> Of(DetrOutput output, IReadOnlyList<Detection> detections, float threshold, int? query = null)
    {
        ClassProbabilities probabilities = new(output);
        Detection[] sure = query is { } only
            ? [detections[only]]
            : [.. detections.Where(detection => detection.Score >= threshold).OrderByDescending(detection => detection.Score)];
        return
        [
            .. (sure.Length > 0 ? sure : [detections.MaxBy(detection => detection.Score)!])
                .Select(detection => new FoundObject(detection, TensorPrimitives.IndexOfMax(probabilities.Of(image: 0, detection.Query)))),
        ];
    }

    /// <summary>How probable the object's class is at its query in another pass.</summary>
    /// <param name="output">The predictions for one image.</param>
    internal float Score(DetrOutput output) => new ClassProbabilities(output).Of(image: 0, Detection.Query)[Label];
}
