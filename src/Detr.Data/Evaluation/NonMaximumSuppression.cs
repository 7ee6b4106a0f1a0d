namespace Detr.Data.Evaluation;

/// <summary>
/// Greedy non-maximum suppression: of detections of one category that overlap, the surest stays. DETR does without it; studies apply it
/// to count what it would change.
/// </summary>
public static class NonMaximumSuppression
{
    /// <summary>The overlap above which the less sure of two detections goes: the usual one of detectors that need this.</summary>
    public const double UsualOverlap = 0.5;

    /// <summary>Suppresses detections of each image and category.</summary>
    /// <param name="detections">The detections of any number of images.</param>
    /// <param name="overlap">The largest IoU that two detections which both stay may have, from 0 to 1.</param>
    /// <returns>Those that stay, in their order. Of two that are equally sure, the first one goes first.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The overlap is not from 0 to 1.</exception>
    public static IReadOnlyList<DetectionResult> Apply(IReadOnlyList<DetectionResult> detections, double overlap = UsualOverlap)
    {
        if (overlap is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(overlap), overlap, "An overlap is a number from 0 to 1.");
        }

        bool[] stays = new bool[detections.Count];
        foreach (IGrouping<(long, int), int> group in Enumerable.Range(0, detections.Count).GroupBy(i => (detections[i].ImageId, detections[i].CategoryId)))
        {
            List<ResultBox> kept = [];
            foreach (int i in group.OrderByDescending(i => detections[i].Score))
            {
                ResultBox box = detections[i].Box;
                if (kept.TrueForAll(other => box.IntersectionOverUnion(other, isCrowd: false) <= overlap))
                {
                    kept.Add(box);
                    stays[i] = true;
                }
            }
        }

        return [.. detections.Where((_, i) => stays[i])];
    }
}
