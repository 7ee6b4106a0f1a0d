using Detr.Models;
using Detr.Tensors;

namespace Detr.Explain;

/// <summary>A model's heads by what losing one of them costs the detections in a picture.</summary>
/// <param name="Objects">What the whole model found, the surest first.</param>
/// <param name="Heads">The heads, the one whose loss lowers scores most first.</param>
public sealed record HeadRanking(IReadOnlyList<Detection> Objects, IReadOnlyList<HeadCost> Heads)
{
    // Boxes that overlap less are not of one object.
    private const double SameObject = 0.5;

    /// <summary>Tries each head.</summary>
    /// <param name="context">The pass; its head mask is none afterwards.</param>
    /// <param name="model">The model.</param>
    /// <param name="image">[1, 3, height, width], normalised, without padding.</param>
    /// <param name="heads">The heads.</param>
    /// <param name="threshold">The least score of what the whole model found; where nothing reaches it, the surest query is looked at.</param>
    /// <param name="read">Makes every query's detection of predictions.</param>
    /// <param name="progress">Hears how many heads are tried.</param>
    internal static HeadRanking Run(
        ForwardContext context, DetrModel model, Tensor image, IReadOnlyList<AttentionHead> heads, float threshold,
        Func<DetrOutput, IReadOnlyList<Detection>> read, Action<int>? progress)
    {
        using Scope scope = context.Scope();
        HeadTrials trials = new(model, context, image, PaddingMask.None(1, image.Shape[2], image.Shape[3]));
        DetrOutput whole = trials.Run(null);
        IReadOnlyList<FoundObject> objects = FoundObject.Of(whole, read(whole), threshold);
        float least = Math.Min(threshold, objects[0].Detection.Score);
        List<HeadCost> costs = [];
        foreach (AttentionHead head in heads)
        {
            using Scope trial = context.Scope();
            DetrOutput output = trials.Run(head.Off());
            costs.Add(Cost(head, objects, output, read(output), least));
            progress?.Invoke(costs.Count);
        }

        return new HeadRanking([.. objects.Select(found => found.Detection)], [.. costs.OrderByDescending(cost => cost.ScoreFall)]);
    }

    private static HeadCost Cost(AttentionHead head, IReadOnlyList<FoundObject> objects, DetrOutput output, IReadOnlyList<Detection> detections, float least)
    {
        Detection[] sure = [.. detections.Where(detection => detection.Score >= least)];
        int lost = objects.Count(found => !Array.Exists(sure, detection => detection.LabelId == found.Detection.LabelId && Overlap(detection, found.Detection) >= SameObject));
        return new HeadCost(
            head, objects.Average(found => (double)found.Detection.Score - found.Score(output)), objects.Average(found => 1 - Overlap(detections[found.Detection.Query], found.Detection)),
            lost, Math.Max(0, sure.Length - (objects.Count - lost)));
    }

    private static double Overlap(Detection a, Detection b) => a.Box.IntersectionOverUnion(b.Box, isCrowd: false);
}
