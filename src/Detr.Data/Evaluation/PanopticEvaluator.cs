using System.Runtime.InteropServices;

namespace Detr.Data.Evaluation;

/// <summary>Scores panoptic segmentations as COCO's own program does, to the last rule (Kirillov et al. 2019, section 4, and its published code).</summary>
public static class PanopticEvaluator
{
    /// <summary>
    /// Matches a picture's segments. A prediction is a true segment of its category where they overlap with an IoU above 0.5, of
    /// which there can be one at most; what it has on void is not in the union. Crowds are not asked for. A prediction that is no
    /// match but lies by more than half on void, or on its category's crowd (the last, if there are several), costs nothing.
    /// </summary>
    /// <param name="truth">The true segments; id 0 is void.</param>
    /// <param name="predicted">The predicted segments.</param>
    /// <exception cref="ArgumentException">The two differ in size, or a true segment has the id 0.</exception>
    public static PanopticMatches Match(PanopticSegmentation truth, PanopticSegmentation predicted)
    {
        if (truth.Segments.Any(segment => segment.Id == PanopticMap.Void))
        {
            throw new ArgumentException("In a ground truth 0 is void; number its segments from 1.", nameof(truth));
        }

        Dictionary<(int True, int Predicted), long> shared = Intersections(truth.Map, predicted.Map);
        Dictionary<int, PanopticSegment> trueOf = truth.Segments.ToDictionary(segment => segment.Id), predictedOf = predicted.Segments.ToDictionary(segment => segment.Id);
        Dictionary<int, PanopticMatch> matchOf = [];
        HashSet<int> used = [];
        foreach (((int trueId, int predictedId), long intersection) in shared)
        {
            if (trueOf.TryGetValue(trueId, out PanopticSegment? real) && predictedOf.TryGetValue(predictedId, out PanopticSegment? found)
                && !real.IsCrowd && real.CategoryId == found.CategoryId)
            {
                long union = real.Area + found.Area - intersection - Shared(PanopticMap.Void, predictedId);
                if (2 * intersection > union)
                {
                    matchOf.Add(trueId, new PanopticMatch(real, found, (double)intersection / union));
                    used.Add(predictedId);
                }
            }
        }

        Dictionary<int, int> crowdOf = [];
        foreach (PanopticSegment crowd in truth.Segments.Where(segment => segment.IsCrowd))
        {
            crowdOf[crowd.CategoryId] = crowd.Id;
        }

        return new PanopticMatches(
            [.. truth.Segments.Where(segment => matchOf.ContainsKey(segment.Id)).Select(segment => matchOf[segment.Id])],
            [.. truth.Segments.Where(segment => !segment.IsCrowd && !matchOf.ContainsKey(segment.Id))],
            [.. predicted.Segments.Where(segment => !used.Contains(segment.Id) && 2 * Excused(segment) <= segment.Area)]);

        long Shared(int trueId, int predictedId) => shared.GetValueOrDefault((trueId, predictedId));

        long Excused(PanopticSegment segment)
            => Shared(PanopticMap.Void, segment.Id) + (crowdOf.TryGetValue(segment.CategoryId, out int crowd) ? Shared(crowd, segment.Id) : 0);
    }

    /// <summary>Panoptic quality over all pictures.</summary>
    /// <param name="categories">The categories to score; segments of others do not count.</param>
    /// <param name="images">What became of each picture's segments; sums are made in this order.</param>
    /// <exception cref="ArgumentException">Two categories have one id.</exception>
    public static PanopticSummary Summarize(IEnumerable<PanopticCategory> categories, IEnumerable<PanopticMatches> images)
    {
        PanopticCategory[] all = [.. categories];
        Dictionary<int, Counts> countsOf = all.ToDictionary(category => category.Id, _ => new Counts());
        foreach (PanopticMatches image in images)
        {
            foreach (PanopticMatch match in image.Matched)
            {
                Of(match.Truth).Add(match.IntersectionOverUnion);
            }

            foreach (PanopticSegment missed in image.Missed)
            {
                Of(missed).Missed++;
            }

            foreach (PanopticSegment invented in image.Invented)
            {
                Of(invented).Invented++;
            }
        }

        PanopticCategoryQuality[] qualities = [.. all.Select(category => countsOf[category.Id].ToQuality(category))];
        return new PanopticSummary(Mean(qualities), Mean(qualities.Where(item => item.Category.IsThing)), Mean(qualities.Where(item => !item.Category.IsThing)), qualities);

        Counts Of(PanopticSegment segment) => countsOf.GetValueOrDefault(segment.CategoryId) ?? new Counts();
    }

    /// <summary>How many pixels each pair of ids shares.</summary>
    private static Dictionary<(int True, int Predicted), long> Intersections(PanopticMap truth, PanopticMap predicted)
    {
        if (truth.Width != predicted.Width || truth.Height != predicted.Height)
        {
            throw new ArgumentException($"A map of {predicted.Width} × {predicted.Height} cannot be held against one of {truth.Width} × {truth.Height}.", nameof(predicted));
        }

        Dictionary<(int True, int Predicted), long> shared = [];
        ReadOnlySpan<int> trueIds = truth.Ids, predictedIds = predicted.Ids;
        for (int start = 0, trueEnd = 0, predictedEnd = 0, end; start < trueIds.Length; start = end)
        {
            trueEnd = start == trueEnd ? start + PanopticSegmentation.Run(trueIds[start..]) : trueEnd;
            predictedEnd = start == predictedEnd ? start + PanopticSegmentation.Run(predictedIds[start..]) : predictedEnd;
            end = Math.Min(trueEnd, predictedEnd);
            CollectionsMarshal.GetValueRefOrAddDefault(shared, (trueIds[start], predictedIds[start]), out _) += end - start;
        }

        return shared;
    }

    private static PanopticQuality Mean(IEnumerable<PanopticCategoryQuality> categories)
    {
        PanopticCategoryQuality[] present = [.. categories.Where(category => category.PQ is not null)];
        return present.Length == 0
            ? new PanopticQuality(null, null, null, 0)
            : new PanopticQuality(present.Average(category => category.PQ), present.Average(category => category.SQ), present.Average(category => category.RQ), present.Length);
    }

    private sealed class Counts
    {
        private int _matched;
        private double _intersectionOverUnion;

        internal int Missed { get; set; }

        internal int Invented { get; set; }

        internal void Add(double intersectionOverUnion)
        {
            _matched++;
            _intersectionOverUnion += intersectionOverUnion;
        }

        internal PanopticCategoryQuality ToQuality(PanopticCategory category) => new(category, _matched, Invented, Missed, _intersectionOverUnion);
    }
}
