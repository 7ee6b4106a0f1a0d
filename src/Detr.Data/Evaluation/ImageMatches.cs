namespace Detr.Data.Evaluation;

/// <summary>
/// The detections of one category in one image, held against its objects at every IoU threshold, as COCO's evaluator does:
/// surest first, each takes the best object that is still free; objects that do not count are taken last.
/// </summary>
internal sealed class ImageMatches
{
    internal const int MostDetections = 100;

    private ImageMatches(double[] scores, bool[,] matched, bool[,] ignored, int objects)
    {
        (Scores, Matched, Ignored, Objects) = (scores, matched, ignored, objects);
    }

    /// <summary>Scores, falling.</summary>
    internal double[] Scores { get; }

    /// <summary>Whether a detection found an object: [thresholds, detections].</summary>
    internal bool[,] Matched { get; }

    /// <summary>Whether a detection neither counts for nor against: [thresholds, detections].</summary>
    internal bool[,] Ignored { get; }

    /// <summary>How many objects should be found.</summary>
    internal int Objects { get; }

    /// <summary>The matches in each range of sizes.</summary>
    /// <param name="objects">The objects, in the file's order.</param>
    /// <param name="detections">The detections, in the file's order.</param>
    /// <param name="kind">What is held against what.</param>
    /// <param name="thresholds">The IoU thresholds.</param>
    internal static ImageMatches[] Match(IReadOnlyList<TrueObject> objects, IReadOnlyList<DetectionResult> detections, EvaluationKind kind, double[] thresholds)
    {
        // LINQ's ordering is stable: equal scores keep the file's order, as in the original.
        DetectionResult[] found = [.. detections.OrderByDescending(detection => detection.Score).Take(MostDetections)];
        double[,] overlaps = new double[found.Length, objects.Count];
        for (int d = 0; d < found.Length; d++)
        {
            for (int g = 0; g < objects.Count; g++)
            {
                overlaps[d, g] = Overlap(found[d], objects[g], kind);
            }
        }

        double[] areas = [.. found.Select(detection => kind == EvaluationKind.Box ? detection.Box.Area : Mask(detection).Area)];
        return [.. AreaRange.All.Select(range => Match(objects, found, overlaps, areas, range, thresholds))];
    }

    private static ImageMatches Match(
        IReadOnlyList<TrueObject> objects, DetectionResult[] found, double[,] overlaps, double[] areas, AreaRange range, double[] thresholds)
    {
        (int Index, bool Ignored)[] truths =
        [
            .. objects.Select((truth, index) => (index, Ignored: truth.IsCrowd || range.Excludes(truth.Area))).OrderBy(pair => pair.Ignored),
        ];
        bool[,] matched = new bool[thresholds.Length, found.Length], ignored = new bool[thresholds.Length, found.Length];
        bool[] taken = new bool[truths.Length];
        for (int t = 0; t < thresholds.Length; t++)
        {
            taken.AsSpan().Clear();
            for (int d = 0; d < found.Length; d++)
            {
                int best = Best(d, thresholds[t]);
                matched[t, d] = best >= 0;
                ignored[t, d] = best >= 0 ? truths[best].Ignored : range.Excludes(areas[d]);
                if (best >= 0)
                {
                    taken[best] = true;
                }
            }
        }

        return new ImageMatches([.. found.Select(detection => detection.Score)], matched, ignored, truths.Count(pair => !pair.Ignored));

        int Best(int d, double threshold)
        {
            double overlap = Math.Min(threshold, 1 - 1e-10);
            int best = -1;
            for (int g = 0; g < truths.Length; g++)
            {
                if (taken[g] && !objects[truths[g].Index].IsCrowd)
                {
                    continue;
                }

                if (best >= 0 && !truths[best].Ignored && truths[g].Ignored)
                {
                    break;
                }

                double own = overlaps[d, truths[g].Index];
                if (own >= overlap)
                {
                    overlap = own;
                    best = g;
                }
            }

            return best;
        }
    }

    private static double Overlap(in DetectionResult found, in TrueObject truth, EvaluationKind kind) => kind == EvaluationKind.Box
        ? found.Box.IntersectionOverUnion(truth.Box, truth.IsCrowd)
        : Mask(found).IntersectionOverUnion(truth.Mask ?? throw new ArgumentException("An object has no mask to score.", nameof(truth)), truth.IsCrowd);

    private static RunLengthMask Mask(in DetectionResult found) => found.Mask ?? throw new ArgumentException("A detection has no mask to score.", nameof(found));
}
