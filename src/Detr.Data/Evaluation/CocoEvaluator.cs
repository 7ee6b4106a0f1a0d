namespace Detr.Data.Evaluation;

/// <summary>Scores detections as COCO's own evaluator does, to the last rule (Lin et al. 2014, and its published code).</summary>
public static class CocoEvaluator
{
    private const int RecallPoints = 101;
    private const double MachineEpsilon = 2.220446049250313e-16;
    private static readonly double[] Thresholds = [.. Enumerable.Range(0, 10).Select(i => 0.5 + (i * 0.05))];
    private static readonly int[] Limits = [1, 10, 100];

    /// <summary>Scores detections.</summary>
    /// <param name="truth">The objects of all images.</param>
    /// <param name="detections">The detections in all images; those of other images or categories do not count.</param>
    /// <param name="imageIds">The images to score, also those without objects.</param>
    /// <param name="categoryIds">The categories to score.</param>
    /// <param name="kind">Whether boxes or masks are scored.</param>
    /// <exception cref="ArgumentException">Masks are scored, and an object or a detection has none or one of another size.</exception>
    public static EvaluationSummary Evaluate(
        IEnumerable<TrueObject> truth, IEnumerable<DetectionResult> detections, IEnumerable<long> imageIds, IEnumerable<int> categoryIds,
        EvaluationKind kind = EvaluationKind.Box)
    {
        int[] categories = [.. categoryIds.Distinct().Order()];
        HashSet<long> images = [.. imageIds];
        ILookup<(int, long), TrueObject> truthOf = truth.Where(item => images.Contains(item.ImageId)).ToLookup(item => (item.CategoryId, item.ImageId));
        ILookup<(int, long), DetectionResult> detectionsOf = detections.Where(item => images.Contains(item.ImageId)).ToLookup(item => (item.CategoryId, item.ImageId));
        ILookup<int, (int, long)> placesOf = truthOf.Select(group => group.Key).Union(detectionsOf.Select(group => group.Key)).OrderBy(place => place.Item2).ToLookup(place => place.Item1);
        CategoryCurves[][] curves = new CategoryCurves[categories.Length][];
        Parallel.For(0, categories.Length, c =>
        {
            ImageMatches[][] matches = [.. placesOf[categories[c]].Select(place => ImageMatches.Match([.. truthOf[place]], [.. detectionsOf[place]], kind, Thresholds))];
            curves[c] = [.. Enumerable.Range(0, AreaRange.All.Length).Select(range => CategoryCurves.From([.. matches.Select(image => image[range])]))];
        });

        double? Precision(int area, int? threshold = null, int? category = null) => Mean(
            Select(area, category).SelectMany(curve => threshold is { } t ? curve.Precisions[t] : curve.Precisions.SelectMany(points => points)));
        double? Recall(int area, int limit) => Mean(Select(area, null).SelectMany(curve => curve.Recalls[limit]));
        IEnumerable<CategoryCurves> Select(int area, int? category)
            => (category is { } c ? [curves[c][area]] : curves.Select(areas => areas[area])).Where(curve => curve.HasObjects);

        return new EvaluationSummary
        {
            AP = Precision(0),
            AP50 = Precision(0, 0),
            AP75 = Precision(0, 5),
            APsmall = Precision(1),
            APmedium = Precision(2),
            APlarge = Precision(3),
            AR1 = Recall(0, 0),
            AR10 = Recall(0, 1),
            AR100 = Recall(0, 2),
            ARsmall = Recall(1, 2),
            ARmedium = Recall(2, 2),
            ARlarge = Recall(3, 2),
            PerCategory = categories.Select((id, c) => (id, ap: Precision(0, null, c))).ToDictionary(pair => pair.id, pair => pair.ap),
        };
    }

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

    /// <summary>Precision and recall of one category in one range of sizes.</summary>
    private sealed record CategoryCurves(bool HasObjects, double[][] Precisions, double[][] Recalls)
    {
        internal static CategoryCurves From(ImageMatches[] images)
        {
            int objects = images.Sum(image => image.Objects);
            if (objects == 0)
            {
                return new CategoryCurves(false, [], []);
            }

            double[][] recalls = [.. Limits.Select(limit => Recall(images, objects, limit))];
            return new CategoryCurves(true, Precision(images, objects), recalls);
        }

        /// <summary>At each threshold, the largest precision at or beyond each recall point.</summary>
        private static double[][] Precision(ImageMatches[] images, int objects)
        {
            (int Image, int Detection)[] order = Order(images, Limits[^1]);
            double[][] result = new double[Thresholds.Length][];
            for (int t = 0; t < Thresholds.Length; t++)
            {
                List<double> precision = [], recall = [];
                double right = 0, wrong = 0;
                foreach ((int i, int d) in order)
                {
                    if (!images[i].Ignored[t, d])
                    {
                        right += images[i].Matched[t, d] ? 1 : 0;
                        wrong += images[i].Matched[t, d] ? 0 : 1;
                    }

                    recall.Add(right / objects);
                    precision.Add(right / (right + wrong + MachineEpsilon));
                }

                for (int i = precision.Count - 1; i > 0; i--)
                {
                    precision[i - 1] = Math.Max(precision[i - 1], precision[i]);
                }

                result[t] = new double[RecallPoints];
                for (int point = 0, place = 0; point < RecallPoints; point++)
                {
                    double wanted = point == RecallPoints - 1 ? 1.0 : point * 0.01;
                    while (place < recall.Count && recall[place] < wanted)
                    {
                        place++;
                    }

                    result[t][point] = place < recall.Count ? precision[place] : 0;
                }
            }

            return result;
        }

        private static double[] Recall(ImageMatches[] images, int objects, int limit)
        {
            double[] recalls = new double[Thresholds.Length];
            for (int t = 0; t < recalls.Length; t++)
            {
                int right = 0;
                foreach (ImageMatches image in images)
                {
                    for (int d = 0; d < Math.Min(limit, image.Scores.Length); d++)
                    {
                        right += image.Matched[t, d] && !image.Ignored[t, d] ? 1 : 0;
                    }
                }

                recalls[t] = (double)right / objects;
            }

            return recalls;
        }

        /// <summary>All detections, surest first; equals stay in the images' order.</summary>
        private static (int Image, int Detection)[] Order(ImageMatches[] images, int limit)
        {
            List<(int Image, int Detection)> all = [];
            for (int i = 0; i < images.Length; i++)
            {
                for (int d = 0; d < Math.Min(limit, images[i].Scores.Length); d++)
                {
                    all.Add((i, d));
                }
            }

            return [.. all.OrderByDescending(place => images[place.Image].Scores[place.Detection])];
        }
    }
}
