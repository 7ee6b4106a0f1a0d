using Detr.Data.Evaluation;

namespace Detr.Data.Tests.Evaluation;

/// <summary>Thresholds, confusion and errors against counting by hand and by brute force.</summary>
public sealed class EvaluationMatchesTests
{
    private static readonly int[] Categories = [3, 5, 9];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Counts_equal_those_of_a_matching_done_anew_for_each_threshold(int seed)
    {
        (TrueObject[] truth, DetectionResult[] found) = Scene(seed, crowds: true);
        EvaluationSummary summary = Evaluate(truth, found);
        foreach (double threshold in found.Select(detection => detection.Score).Append(0).Append(0.55).Append(2).Distinct())
        {
            (int Right, int Wrong, int Missed) all = default;
            foreach (int category in Categories)
            {
                (int right, int wrong, int missed) = Count(truth, found, category, threshold);
                Assert.Equal(new ThresholdPoint(threshold, right, wrong, missed), summary.PerCategory[category].Thresholds.At(threshold));
                all = (all.Right + right, all.Wrong + wrong, all.Missed + missed);
            }

            Assert.Equal(new ThresholdPoint(threshold, all.Right, all.Wrong, all.Missed), summary.Matches.Thresholds.At(threshold));
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void The_matrix_adds_up(int seed)
    {
        (TrueObject[] truth, DetectionResult[] found) = Scene(seed, crowds: true);
        EvaluationSummary summary = Evaluate(truth, found);
        foreach (double threshold in new[] { 0, 0.3, 0.6, 0.9 })
        {
            DetectionErrors errors = summary.Matches.At(threshold);
            ConfusionMatrix matrix = errors.Confusion;
            Assert.Equal(Categories, matrix.CategoryIds);
            for (int place = 0; place < Categories.Length; place++)
            {
                ThresholdPoint point = summary.PerCategory[Categories[place]].Thresholds.At(threshold);
                Assert.Equal(truth.Count(item => item.CategoryId == Categories[place] && !item.IsCrowd), matrix.RowSum(place));
                Assert.Equal(summary.PerCategory[Categories[place]].Objects, matrix.RowSum(place));
                Assert.Equal(point.Right + point.Wrong, matrix.ColumnSum(place));
                Assert.Equal(point.Right, matrix[place, place]);
            }

            Assert.Equal(0, matrix[matrix.Background, matrix.Background]);
            int objects = truth.Count(item => !item.IsCrowd), right = Enumerable.Range(0, Categories.Length).Sum(place => matrix[place, place]);
            Assert.Equal(objects - right, errors.Missed.Count);
            Assert.Equal(Enumerable.Range(0, Categories.Length).Sum(matrix.ColumnSum) - right, errors.Invented.Count);
            Assert.Equal(matrix.Confusions().Sum(pair => pair.Count), errors.Missed.Count(error => error.Kind == ErrorKind.WrongCategory));
            Assert.Equal(errors.Missed.Where(error => error.Kind == ErrorKind.WrongCategory).ToHashSet(), errors.Invented.Where(error => error.Kind == ErrorKind.WrongCategory).ToHashSet());
            Assert.Equal(errors.Missed.Select(error => error.Object!.Value.Area).OrderDescending(), errors.Missed.Select(error => error.Object!.Value.Area));
            Assert.Equal(errors.Invented.Select(error => error.Detection!.Value.Score).OrderDescending(), errors.Invented.Select(error => error.Detection!.Value.Score));
            Assert.All(errors.Invented, error => Assert.True(error.Detection!.Value.Score >= threshold));
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void The_best_threshold_has_the_highest_F1_of_all_scores(int seed)
    {
        (TrueObject[] truth, DetectionResult[] found) = Scene(seed, crowds: false);
        EvaluationSummary summary = Evaluate(truth, found);
        foreach (int category in Categories)
        {
            ThresholdCurve curve = summary.PerCategory[category].Thresholds;
            ThresholdPoint[] points = [.. found.Where(item => item.CategoryId == category).Select(item => curve.At(item.Score))];
            if (summary.PerCategory[category].Objects == 0 || points.Length == 0)
            {
                Assert.Null(curve.Best);
                continue;
            }

            ThresholdPoint best = curve.Best!.Value;
            Assert.Equal(points.Max(point => point.F1), best.F1);
            Assert.Equal(points.Where(point => point.F1 == best.F1).Max(point => point.Threshold), best.Threshold);
            Assert.Equal(best, curve.At(best.Threshold));
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Average_precision_is_the_mean_of_its_curve(int seed)
    {
        (TrueObject[] truth, DetectionResult[] found) = Scene(seed, crowds: true);
        EvaluationSummary summary = Evaluate(truth, found);
        CategoryEvaluation[] scored = [.. summary.PerCategory.Values.Where(category => category.Objects > 0)];
        Assert.All(scored, category =>
        {
            Assert.Equal(101, category.Precision.Count);
            Assert.Equal(category.Precision.Average(), category.AP!.Value, 1e-12);
            Assert.Equal(category.PrecisionAt50.Average(), category.AP50!.Value, 1e-12);
            Assert.Equal(category.PrecisionAt75.Average(), category.AP75!.Value, 1e-12);
            Assert.Equal(category.PrecisionAt50.OrderDescending(), category.PrecisionAt50);
        });
        Assert.Equal(scored.Average(category => category.AP) ?? -1, summary.AP ?? -1, 1e-12);
        Assert.Equal(scored.Average(category => category.AR100) ?? -1, summary.AR100 ?? -1, 1e-12);
        Assert.All(summary.PerCategory.Values.Except(scored), category => Assert.Empty(category.Precision));
    }

    [Theory]
    [InlineData(8, 2, 4, 0.8, 2.0 / 3, 0.7272727272727273)]
    [InlineData(0, 3, 4, 0.0, 0.0, 0.0)]
    public void F1_is_the_harmonic_mean(int right, int wrong, int missed, double precision, double recall, double harmonic)
    {
        ThresholdPoint point = new(0.5, right, wrong, missed);
        Assert.Equal((precision, recall), (point.Precision!.Value, point.Recall!.Value));
        Assert.Equal(harmonic, point.F1!.Value, 1e-12);
    }

    [Fact]
    public void Without_objects_or_detections_shares_are_unknown()
    {
        Assert.Null(new ThresholdPoint(0.5, 0, 0, 3).Precision);
        Assert.Equal(0, new ThresholdPoint(0.5, 0, 0, 3).F1);
        Assert.Null(new ThresholdPoint(0.5, 0, 3, 0).Recall);
        Assert.Null(new ThresholdPoint(0.5, 0, 3, 0).F1);
        EvaluationSummary nothing = CocoEvaluator.Evaluate([], [], [1], [1]);
        Assert.Null(nothing.Matches.Thresholds.Best);
        Assert.Empty(nothing.Matches.At(0.5).Missed);
    }

    [Fact]
    public void Every_kind_of_error_is_told_apart()
    {
        TrueObject right = Truth(3, 0), confused = Truth(3, 200), unsure = Truth(3, 400), shifted = Truth(3, 600), unseen = Truth(5, 800);
        DetectionResult[] found =
        [
            Found(3, 0, 0.9), Found(3, 2, 0.8), Found(5, 5, 0.75), Found(9, 200, 0.7), Found(3, 400, 0.2), Found(3, 660, 0.65), Found(9, 1000, 0.6),
        ];
        DetectionErrors errors = Evaluate([right, confused, unsure, shifted, unseen], found).Matches.At(0.5);
        Assert.Equal(
            [(0.8, ErrorKind.Duplicate), (0.75, ErrorKind.Duplicate), (0.7, ErrorKind.WrongCategory), (0.65, ErrorKind.Misplaced), (0.6, ErrorKind.Background)],
            errors.Invented.Select(error => (error.Detection!.Value.Score, error.Kind)));
        Assert.Equal(
            [(200.0, ErrorKind.WrongCategory), (400.0, ErrorKind.Unsure), (600.0, ErrorKind.Misplaced), (800.0, ErrorKind.Unseen)],
            errors.Missed.Select(error => (error.Object!.Value.Box.X, error.Kind)).Order());
        Assert.Equal(0.25, errors.Missed.Single(error => error.Kind == ErrorKind.Misplaced).Overlap, 1e-9);
        Assert.Equal(1, errors.Confusion[0, 2]);
        Assert.Equal((4, 1, 0, 5), (errors.Confusion.RowSum(0), errors.Confusion.RowSum(1), errors.Confusion.RowSum(2), errors.Confusion.ColumnSum(0) + errors.Confusion.ColumnSum(2)));
    }

    public static IEnumerable<TheoryDataRow<int>> Seeds() => Enumerable.Range(0, 40).Select(seed => new TheoryDataRow<int>(seed));

    private static TrueObject Truth(int category, double x) => new(1, category, new ResultBox(x, 0, 100, 100), 10000, IsCrowd: false);

    private static DetectionResult Found(int category, double x, double score) => new(1, category, new ResultBox(x, 0, 100, 100), score);

    private static EvaluationSummary Evaluate(TrueObject[] truth, DetectionResult[] found) => CocoEvaluator.Evaluate(truth, found, [1, 2, 3], Categories);

    /// <summary>A few objects in three images, and detections near them, of the same category or not, with scores that are often equal.</summary>
    private static (TrueObject[] Truth, DetectionResult[] Found) Scene(int seed, bool crowds)
    {
        Random random = new(seed);
        TrueObject[] truth =
        [
            .. Enumerable.Range(0, random.Next(9)).Select(_ => new ResultBox(random.Next(60), random.Next(60), 5 + random.Next(60), 5 + random.Next(60)))
                .Select(box => new TrueObject(1 + random.Next(3), Categories[random.Next(3)], box, box.Area * random.NextDouble(), crowds && random.Next(6) == 0)),
        ];
        DetectionResult[] near =
        [
            .. truth.SelectMany(item => Enumerable.Range(0, random.Next(4)).Select(_ => new DetectionResult(
                item.ImageId, random.Next(3) == 0 ? Categories[random.Next(3)] : item.CategoryId,
                new ResultBox(item.Box.X + random.Next(12), item.Box.Y + random.Next(12), item.Box.Width, item.Box.Height + random.Next(9)), random.Next(11) / 10.0))),
        ];
        DetectionResult[] elsewhere =
        [
            .. Enumerable.Range(0, random.Next(4)).Select(_ => new DetectionResult(
                1 + random.Next(3), Categories[random.Next(3)], new ResultBox(random.Next(90), random.Next(90), 20, 20), random.NextDouble())),
        ];
        return (truth, [.. near, .. elsewhere]);
    }

    /// <summary>Right, wrong and missed of one category with only those detections that reach the threshold.</summary>
    private static (int Right, int Wrong, int Missed) Count(TrueObject[] truth, DetectionResult[] found, int category, double threshold)
    {
        (int Right, int Wrong, int Missed) count = default;
        for (int image = 1; image <= 3; image++)
        {
            List<TrueObject> free = [.. truth.Where(item => item.ImageId == image && item.CategoryId == category && !item.IsCrowd)];
            TrueObject[] crowds = [.. truth.Where(item => item.ImageId == image && item.CategoryId == category && item.IsCrowd)];
            foreach (DetectionResult detection in found.Where(item => item.ImageId == image && item.CategoryId == category && item.Score >= threshold).OrderByDescending(item => item.Score))
            {
                int best = -1;
                for (int i = 0; i < free.Count; i++)
                {
                    double overlap = Overlap(detection.Box, free[i].Box, isCrowd: false);
                    best = overlap >= 0.5 && (best < 0 || overlap >= Overlap(detection.Box, free[best].Box, isCrowd: false)) ? i : best;
                }

                if (best >= 0)
                {
                    free.RemoveAt(best);
                    count.Right++;
                }
                else if (!crowds.Any(crowd => Overlap(detection.Box, crowd.Box, isCrowd: true) >= 0.5))
                {
                    count.Wrong++;
                }
            }

            count.Missed += free.Count;
        }

        return count;
    }

    private static double Overlap(ResultBox a, ResultBox b, bool isCrowd)
    {
        double width = Math.Max(0, Math.Min(a.X + a.Width, b.X + b.Width) - Math.Max(a.X, b.X)), height = Math.Max(0, Math.Min(a.Y + a.Height, b.Y + b.Height) - Math.Max(a.Y, b.Y));
        return width * height / ((a.Width * a.Height) + (isCrowd ? 0 : (b.Width * b.Height) - (width * height)));
    }
}
