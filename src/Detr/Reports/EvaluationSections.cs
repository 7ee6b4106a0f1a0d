using Detr.Data;
using Detr.Data.Evaluation;
using Detr.Figures;

namespace Detr.Reports;

/// <summary>The parts of a page that show an evaluation.</summary>
public static class EvaluationSections
{
    private const int SparkWidth = 72;
    private const int SparkHeight = 22;
    private const int MostConfusions = 12;

    /// <summary>All parts, from the overall figures to the worst pictures.</summary>
    /// <param name="evaluation">The evaluation.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="IOException">A picture cannot be read.</exception>
    /// <exception cref="InvalidDataException">A picture is damaged.</exception>
    public static IReadOnlyList<ReportSection> For(ScoredEvaluation evaluation, CancellationToken cancellationToken = default)
    {
        Html hints = Html.Join(EvaluationHints.For(evaluation).Select(hint => Html.Of($"<p class=\"notice\">{hint}</p>")));
        return
        [
            new ReportSection("Figures", Html.Of($"{hints}{Tiles(evaluation)}<h3>By size</h3><div class=\"narrow\">{Sizes(evaluation.Summary)}</div>"))
            {
                Note = Html.Of($"Average precision (AP) is the share of detections that are right, over all shares of objects found; its mean over categories and over ten demands on how closely a box has to fit (IoU 0.50 to 0.95) is COCO's measure. 1 is best."),
            },
            new ReportSection("Curves", ReportParts.Grid([ReportParts.Chart(EvaluationCharts.PrecisionRecall(evaluation)), ReportParts.Chart(EvaluationCharts.Thresholds(evaluation))])),
            new ReportSection("Categories", Categories(evaluation))
            {
                Note = Html.Of($"Precision, recall and F1 are at IoU 0.50 and score {evaluation.Threshold:0.00}; best F1 is the category's own highest, and beside it the score threshold that brings it. Curves are precision over recall at IoU 0.50. n/a: no ground truth, the category has no object here. A click on a heading sorts."),
            },
            new ReportSection("Confusion", Confusion(evaluation))
            {
                Note = Html.Of($"At IoU 0.50 and score {evaluation.Threshold:0.00}. A row's sum is the count of the category's objects; its last column are those that were missed, and the last row is what was found where nothing is."),
            },
            new ReportSection("Errors", Errors(evaluation)),
            .. EvaluationPictures.For(evaluation, cancellationToken),
        ];
    }

    /// <summary>What a kind of error means, in a few words.</summary>
    /// <param name="kind">The kind.</param>
    public static string Meaning(ErrorKind kind) => kind switch
    {
        ErrorKind.WrongCategory => "wrong category",
        ErrorKind.Duplicate => "found already",
        ErrorKind.Misplaced => "badly placed",
        ErrorKind.Background => "nothing there",
        ErrorKind.Unsure => "score too low",
        _ => "not seen",
    };

    private static Html Tiles(ScoredEvaluation evaluation)
    {
        EvaluationSummary summary = evaluation.Summary;
        ThresholdPoint point = summary.Matches.Thresholds.At(evaluation.Threshold);
        return ReportParts.Tiles(
        [
            ("AP", ReportParts.Share(summary.AP), "IoU 0.50 to 0.95"),
            ("AP50", ReportParts.Share(summary.AP50), "IoU 0.50"),
            ("AP75", ReportParts.Share(summary.AP75), "IoU 0.75"),
            ("AR100", ReportParts.Share(summary.AR100), "100 a picture"),
            ("F1", ReportParts.Share(point.F1), FormattableString.Invariant($"score from {evaluation.Threshold:0.00}")),
            ("Precision", ReportParts.Share(point.Precision), FormattableString.Invariant($"{point.Wrong:N0} of {point.Right + point.Wrong:N0} wrong")),
            ("Recall", ReportParts.Share(point.Recall), FormattableString.Invariant($"{point.Missed:N0} of {point.Right + point.Missed:N0} missed")),
        ]);
    }

    private static Html Sizes(EvaluationSummary summary)
    {
        int Count(Func<CategoryEvaluation, int> count) => summary.PerCategory.Values.Sum(count);
        IReadOnlyList<Html> Row(string name, string area, int objects, double? precision, double? recall)
            => [Html.Of($"{name}"), Html.Of($"{area}"), Html.Of($"{objects:N0}"), Share(precision), Share(recall)];
        return ReportParts.Table(["size", "area in pixels", "objects", "AP", "AR100"],
        [
            Row("all", "any", Count(category => category.Objects), summary.AP, summary.AR100),
            Row("small", "up to 32²", Count(category => category.ObjectsBySize.Small), summary.APsmall, summary.ARsmall),
            Row("medium", "32² to 96²", Count(category => category.ObjectsBySize.Medium), summary.APmedium, summary.ARmedium),
            Row("large", "from 96²", Count(category => category.ObjectsBySize.Large), summary.APlarge, summary.ARlarge),
        ], textColumns: 2);
    }

    private static Html Categories(ScoredEvaluation evaluation) => ReportParts.Table(
        ["category", "curve", "objects", "AP", "AP50", "AP75", "small", "medium", "large", "AR100", "precision", "recall", "F1", "best F1", "at score"],
        evaluation.PerCategory.Select(pair => Row(pair.Category, pair.Figures, evaluation.Threshold)), textColumns: 2);

    private static IReadOnlyList<Html> Row(Category category, CategoryEvaluation figures, double threshold)
    {
        ThresholdPoint point = figures.Thresholds.At(threshold);
        return
        [
            Html.Of($"<span title=\"{category.Name}\">{category.Name}</span>"), Spark(figures), Html.Of($"{figures.Objects:N0}"),
            figures.Objects == 0 ? Html.Of($"<span class=\"na\">n/a</span>") : Share(figures.AP),
            Share(figures.AP50), Share(figures.AP75), Share(figures.APsmall), Share(figures.APmedium), Share(figures.APlarge), Share(figures.AR100),
            Share(point.Precision), Share(point.Recall), Share(point.F1), Share(figures.Thresholds.Best?.F1), Share(figures.Thresholds.Best?.Threshold),
        ];
    }

    /// <summary>A category's precision over recall at IoU 0.50, as large as a word.</summary>
    private static Html Spark(CategoryEvaluation figures)
    {
        if (figures.Objects == 0)
        {
            return Html.Empty;
        }

        IEnumerable<Html> points = figures.PrecisionAt50.Where((_, i) => i % 4 == 0).Select((precision, i) => Html.Of($"{(i == 0 ? "M" : "L")}{i * SparkWidth / 25.0:0.#} {(1 - precision) * (SparkHeight - 2) + 1:0.#}"));
        return Html.Of($"<svg width=\"{SparkWidth}\" height=\"{SparkHeight}\" role=\"img\" aria-label=\"precision over recall\"><rect class=\"spark-ground\" width=\"{SparkWidth}\" height=\"{SparkHeight}\"/><path class=\"spark\" d=\"{Html.Join(points)}\"/></svg>");
    }

    private static Html Confusion(ScoredEvaluation evaluation)
    {
        ConfusionMatrix matrix = evaluation.Errors.Confusion;
        (int Truth, int Found, int Count)[] most = [.. matrix.Confusions().Take(MostConfusions)];
        Html table = most.Length == 0
            ? Html.Of($"<p class=\"note\">No object was taken for one of another category.</p>")
            : Html.Of($"<h3>Most often taken for one another</h3><div class=\"narrow\">{ReportParts.Table(["is", "taken for", "times", "of its objects"], most.Select(pair => (IReadOnlyList<Html>)[Html.Of($"{Name(pair.Truth)}"), Html.Of($"{Name(pair.Found)}"), Html.Of($"{pair.Count:N0}"), Html.Of($"{100.0 * pair.Count / matrix.RowSum(pair.Truth):0.0}%")]), textColumns: 2)}</div>");
        return Html.Of($"<div class=\"card matrix\">{Html.Trusted(ConfusionFigure.ToSvg(matrix, evaluation.NameOf))}</div>{table}");

        string Name(int place) => evaluation.NameOf(matrix.CategoryIds[place]);
    }

    private static Html Errors(ScoredEvaluation evaluation)
    {
        DetectionErrors errors = evaluation.Errors;
        return ReportParts.Grid(
        [
            Bars("Objects that were missed", errors.Missed, [ErrorKind.WrongCategory, ErrorKind.Misplaced, ErrorKind.Unsure, ErrorKind.Unseen]),
            Bars("Detections that are wrong", errors.Invented, [ErrorKind.WrongCategory, ErrorKind.Misplaced, ErrorKind.Duplicate, ErrorKind.Background]),
        ]);

        Html Bars(string title, IReadOnlyList<DetectionError> all, ErrorKind[] kinds) => Html.Of($"""
            <figure class="card"><figcaption>{title}<small>{all.Count:N0}</small></figcaption><div class="bars">{Html.Join(kinds.Select(kind => Bar(kind, all)))}</div></figure>
            """);

        Html Bar(ErrorKind kind, IReadOnlyList<DetectionError> all)
        {
            int count = all.Count(error => error.Kind == kind);
            return Html.Of($"<span>{Meaning(kind)}</span><div><i style=\"width:{100.0 * count / Math.Max(1, all.Count):0.#}%\"></i></div><span>{count:N0}</span>");
        }
    }

    private static Html Share(double? value) => value is { } number ? Html.Of($"{number:F3}") : Html.Of($"<span class=\"na\">–</span>");
}
