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

    internal static ImageMatches Match(IReadOnlyList<TrueObject> objects, IReadOnlyList<DetectionResult> detections, AreaRange range, double[] thresholds)
    {
        // LINQ's ordering is stable: equal scores keep the file's order, as in the original.
        DetectionResult[] found = [.. detections.OrderByDescending(detection => detection.Score).Take(MostDetections)];
        (TrueObject Truth, bool Ignored)[] truths =
        [
            .. objects.Select(truth => (Truth: truth, Ignored: truth.IsCrowd || range.Excludes(truth.Area))).OrderBy(pair => pair.Ignored),
        ];
        bool[,] matched = new bool[thresholds.Length, found.Length], ignored = new bool[thresholds.Length, found.Length];
        double[,] overlaps = new double[found.Length, truths.Length];
        for (int d = 0; d < found.Length; d++)
        {
            for (int g = 0; g < truths.Length; g++)
            {
                overlaps[d, g] = found[d].Box.IntersectionOverUnion(truths[g].Truth.Box, truths[g].Truth.IsCrowd);
            }
        }

        bool[] taken = new bool[truths.Length];
        for (int t = 0; t < thresholds.Length; t++)
        {
            taken.AsSpan().Clear();
            for (int d = 0; d < found.Length; d++)
            {
                int best = Best(d, thresholds[t]);
                matched[t, d] = best >= 0;
                ignored[t, d] = best >= 0 ? truths[best].Ignored : range.Excludes(found[d].Box.Area);
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
                if (taken[g] && !truths[g].Truth.IsCrowd)
                {
                    continue;
                }

                if (best >= 0 && !truths[best].Ignored && truths[g].Ignored)
                {
                    break;
                }

                if (overlaps[d, g] >= overlap)
                {
                    overlap = overlaps[d, g];
                    best = g;
                }
            }

            return best;
        }
    }
}
