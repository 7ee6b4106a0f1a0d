using Detr.Data.Evaluation;

namespace Detr.Reports;

/// <summary>What a disappointing evaluation most likely means, in sentences.</summary>
public static class EvaluationHints
{
    private const int FewestPairs = 3;

    // A box that reaches no further than this from the corner is meant in shares of the picture, not in pixels.
    private const double LargestShare = 1.5;

    /// <summary>Looks for what users stumble on.</summary>
    /// <param name="evaluation">The evaluation.</param>
    public static IReadOnlyList<string> For(ScoredEvaluation evaluation)
    {
        EvaluationSummary summary = evaluation.Summary;
        if (summary.PerCategory.Values.All(category => category.Objects == 0))
        {
            return ["There is no ground truth: no picture has an object of these categories, and so there is nothing to score."];
        }

        if (summary.Matches.Thresholds.Best is { F1: > 0 })
        {
            return [];
        }

        // Nothing is right at any threshold: look at all detections, not only at the surest.
        DetectionErrors all = summary.Matches.At(double.NegativeInfinity);
        if (all.Invented.Count == 0)
        {
            return ["There is no detection of these categories; are the categories those that the model was trained on?"];
        }

        DetectionError[] confused = [.. all.Invented.Where(error => error.Kind == ErrorKind.WrongCategory)];
        if (confused.Length >= FewestPairs)
        {
            return [FormattableString.Invariant($"Boxes fit, but categories do not: {confused.Length} detections lie on an object, and none is of its category. {Shift(confused)}")];
        }

        return
        [
            all.Invented.All(error => error.Detection is { Box: { } box } && box.X + box.Width <= LargestShare && box.Y + box.Height <= LargestShare)
                ? "No detection overlaps an object by half, and all boxes lie in the first pixel: they seem to be shares of the picture, where COCO's format has [x, y, width, height] in pixels."
                : "No detection overlaps an object by half; if the model is not just new, see whether boxes are [x, y, width, height] in pixels of the picture as it was, and whether picture ids are those of the annotations.",
        ];
    }

    private static string Shift(DetectionError[] confused)
    {
        (int Difference, int Count) most = confused.GroupBy(error => error.Detection!.Value.CategoryId - error.Object!.Value.CategoryId)
            .Select(group => (group.Key, group.Count())).MaxBy(pair => pair.Item2);
        return most.Count * 2 > confused.Length
            ? FormattableString.Invariant($"Most ids are {Math.Abs(most.Difference)} too {(most.Difference < 0 ? "low" : "high")}: were they counted from another number?")
            : "Do the ids of the detections mean the same categories as those of the annotations?";
    }
}
