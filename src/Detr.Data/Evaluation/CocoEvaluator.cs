namespace Detr.Data.Evaluation;

/// <summary>Scores detections as COCO's own evaluator does, to the last rule (Lin et al. 2014, and its published code).</summary>
public static class CocoEvaluator
{
    // Places in AreaRange.All and among the limits on detections, and the first among the IoU thresholds.
    private const int AllSizes = 0;
    private const int Small = 1;
    private const int Medium = 2;
    private const int Large = 3;
    private const int MostDetections = 2;
    private const int First = 0;
    private static readonly double[] UsualThresholds = [.. Enumerable.Range(0, 10).Select(i => 0.5 + (i * 0.05))];

    /// <summary>Scores detections.</summary>
    /// <param name="truth">The objects of all images.</param>
    /// <param name="detections">The detections in all images; those of other images or categories do not count.</param>
    /// <param name="imageIds">The images to score, also those without objects.</param>
    /// <param name="categoryIds">The categories to score.</param>
    /// <param name="kind">Whether boxes or masks are scored.</param>
    /// <param name="thresholds">
    /// IoU thresholds in the place of COCO's, upwards: AP and AR are means over them, AP50 and AP75 null where they are not among them, and what was
    /// found is what the first one says.
    /// </param>
    /// <exception cref="ArgumentException">There is no threshold; or masks are scored, and an object or a detection has none or one of another size.</exception>
    public static EvaluationSummary Evaluate(
        IEnumerable<TrueObject> truth, IEnumerable<DetectionResult> detections, IEnumerable<long> imageIds, IEnumerable<int> categoryIds,
        EvaluationKind kind = EvaluationKind.Box, IReadOnlyList<double>? thresholds = null)
    {
        double[] overlaps = thresholds is null ? UsualThresholds : [.. thresholds];
        if (overlaps.Length == 0)
        {
            throw new ArgumentException("Without an IoU threshold nothing is found.", nameof(thresholds));
        }

        (int at50, int at75) = (Place(overlaps, 0.5), Place(overlaps, 0.75));
        int[] categories = [.. categoryIds.Distinct().Order()];
        HashSet<long> images = [.. imageIds];
        ILookup<(int, long), TrueObject> truthOf = truth.Where(item => images.Contains(item.ImageId)).ToLookup(item => (item.CategoryId, item.ImageId));
        ILookup<(int, long), DetectionResult> detectionsOf = detections.Where(item => images.Contains(item.ImageId)).ToLookup(item => (item.CategoryId, item.ImageId));
        ILookup<int, (int, long)> placesOf = truthOf.Select(group => group.Key).Union(detectionsOf.Select(group => group.Key)).OrderBy(place => place.Item2).ToLookup(place => place.Item1);
        CategoryCurves[][] curves = new CategoryCurves[categories.Length][];
        (long ImageId, ImageMatches Matches)[][] found = new (long, ImageMatches)[categories.Length][];
        ThresholdCurve[] scores = new ThresholdCurve[categories.Length];
        Parallel.For(0, categories.Length, c =>
        {
            (int Category, long ImageId)[] places = [.. placesOf[categories[c]]];
            ImageMatches[][] matches = [.. places.Select(place => ImageMatches.Match([.. truthOf[place]], [.. detectionsOf[place]], kind, overlaps))];
            curves[c] = [.. Enumerable.Range(0, AreaRange.All.Length).Select(range => CategoryCurves.From([.. matches.Select(image => image[range])], overlaps.Length))];
            found[c] = [.. places.Zip(matches, (place, image) => (place.ImageId, image[AllSizes]))];
            scores[c] = Curve(found[c]);
        });

        double? Precision(int area, int? threshold = null) => Mean(Select(area).SelectMany(curve => Precisions(curve, threshold)));
        double? Recall(int area, int limit) => Mean(Select(area).SelectMany(curve => curve.Recalls[limit]));
        IEnumerable<CategoryCurves> Select(int area) => curves.Select(areas => areas[area]).Where(curve => curve.Objects > 0);

        (long ImageId, ImageMatches Matches)[] all = [.. found.SelectMany(pairs => pairs)];
        return new EvaluationSummary
        {
            AP = Precision(AllSizes),
            AP50 = Precision(AllSizes, at50),
            AP75 = Precision(AllSizes, at75),
            APsmall = Precision(Small),
            APmedium = Precision(Medium),
            APlarge = Precision(Large),
            AR1 = Recall(AllSizes, 0),
            AR10 = Recall(AllSizes, 1),
            AR100 = Recall(AllSizes, MostDetections),
            ARsmall = Recall(Small, MostDetections),
            ARmedium = Recall(Medium, MostDetections),
            ARlarge = Recall(Large, MostDetections),
            PerCategory = categories.Select((id, c) => Category(id, curves[c], scores[c], at50, at75)).ToDictionary(category => category.CategoryId),
            Matches = new EvaluationMatches(categories, all, kind, Curve(all)),
        };
    }

    private static CategoryEvaluation Category(int id, CategoryCurves[] areas, ThresholdCurve scores, int at50, int at75)
    {
        CategoryCurves curve = areas[AllSizes];
        bool hasObjects = curve.Objects > 0;
        return new CategoryEvaluation
        {
            CategoryId = id,
            Objects = curve.Objects,
            ObjectsBySize = (areas[Small].Objects, areas[Medium].Objects, areas[Large].Objects),
            AP = Mean(Precisions(curve, null)),
            AP50 = Mean(Precisions(curve, at50)),
            AP75 = Mean(Precisions(curve, at75)),
            APsmall = Mean(Precisions(areas[Small], null)),
            APmedium = Mean(Precisions(areas[Medium], null)),
            APlarge = Mean(Precisions(areas[Large], null)),
            AR100 = hasObjects ? Mean(curve.Recalls[MostDetections]) : null,
            PrecisionAt50 = [.. Precisions(curve, at50)],
            PrecisionAt75 = [.. Precisions(curve, at75)],
            Precision = hasObjects ? [.. Enumerable.Range(0, CategoryCurves.RecallPoints).Select(point => curve.Precisions.Average(points => points[point]))] : [],
            Thresholds = scores,
        };
    }

    /// <summary>Where a threshold stands among others; −1 for nowhere.</summary>
    private static int Place(double[] thresholds, double threshold) => Array.FindIndex(thresholds, other => Math.Abs(other - threshold) < 1e-9);

    /// <summary>Precision at all recalls, at one IoU threshold or at all of them; nothing where there is no object or no such threshold.</summary>
    private static IEnumerable<double> Precisions(CategoryCurves curve, int? threshold)
        => curve.Objects == 0 || threshold < 0 ? [] : threshold is { } t ? curve.Precisions[t] : curve.Precisions.SelectMany(points => points);

    private static ThresholdCurve Curve(IReadOnlyCollection<(long ImageId, ImageMatches Matches)> images) => new(
        images.SelectMany(image => Enumerable.Range(0, image.Matches.Found.Length).Where(d => !image.Matches.Ignored[First, d])
            .Select(d => (image.Matches.Found[d].Score, image.Matches.Matched[First, d]))),
        images.Sum(image => image.Matches.Objects));

    private static double? Mean(IEnumerable<double> values)
    {
        double sum = 0;
        int count = 0;
        foreach (double value in values)
        {
            sum += value;
            count++;
        }

        return count == 0 ? null : sum / count;
    }
}
