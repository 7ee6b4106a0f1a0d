namespace Detr.Data.Evaluation;

/// <summary>
/// The detections of one category in one image, held against its objects at every IoU threshold, as COCO's evaluator does:
/// surest first, each takes the best object that is still free; objects that do not count are taken last.
/// </summary>
internal sealed class ImageMatches
{
    internal const int MostDetections = 100;

    private ImageMatches(IReadOnlyList<TrueObject> truth, DetectionResult[] found, int[] partners, bool[,] matched, bool[,] ignored, int objects)
    {
        (Truth, Found, Partners, Matched, Ignored, Objects) = (truth, found, partners, matched, ignored, objects);
    }

    /// <summary>The objects, in the file's order, with those that do not count.</summary>
    internal IReadOnlyList<TrueObject> Truth { get; }

    /// <summary>The detections, surest first.</summary>
    internal DetectionResult[] Found { get; }

    /// <summary>The place of the object that each detection found at the first threshold, or −1.</summary>
    internal int[] Partners { get; }

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
        int[] partners = new int[found.Length];
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

                if (t == 0)
                {
                    partners[d] = best >= 0 ? truths[best].Index : -1;
                }
            }
        }

        return new ImageMatches(objects, found, partners, matched, ignored, truths.Count(pair => !pair.Ignored));

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

    /// <summary>The IoU of a detection and an object, as their kind has it.</summary>
    /// <exception cref="ArgumentException">Masks are compared, and one is missing.</exception>
    internal static double Overlap(in DetectionResult found, in TrueObject truth, EvaluationKind kind) => kind == EvaluationKind.Box
        ? found.Box.IntersectionOverUnion(truth.Box, truth.IsCrowd)
        : Mask(found).IntersectionOverUnion(truth.Mask ?? throw new ArgumentException("An object has no mask to score.", nameof(truth)), truth.IsCrowd);

    private static RunLengthMask Mask(in DetectionResult found) => found.Mask ?? throw new ArgumentException("A detection has no mask to score.", nameof(found));
}
