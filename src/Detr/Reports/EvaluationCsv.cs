using Detr.Data.Evaluation;

namespace Detr.Reports;

/// <summary>An evaluation as tables for spreadsheets and scripts.</summary>
internal static class EvaluationCsv
{
    internal static void Write(string folder, ScoredEvaluation evaluation)
    {
        CsvFile.Write(
            Path.Combine(folder, "categories.csv"),
            ["id", "category", "objects", "small", "medium", "large", "AP", "AP50", "AP75", "APsmall", "APmedium", "APlarge", "AR100", "threshold", "precision", "recall", "F1", "best_threshold", "best_F1"],
            evaluation.PerCategory.Select(pair => Row(pair.Category.Id, pair.Category.Name, pair.Figures, evaluation.Threshold)));
        CsvFile.Write(
            Path.Combine(folder, "precision-recall.csv"), ["category", "recall", "precision_IoU50", "precision_IoU75", "precision_mean"],
            evaluation.PerCategory.SelectMany(pair => pair.Figures.Precision.Select((mean, point) => (IEnumerable<object?>)[pair.Category.Name, point / 100m, pair.Figures.PrecisionAt50[point], pair.Figures.PrecisionAt75[point], mean])));
        double[] thresholds = EvaluationCharts.Grid(evaluation.Summary);
        CsvFile.Write(
            Path.Combine(folder, "thresholds.csv"), ["category", "threshold", "right", "wrong", "missed", "precision", "recall", "F1"],
            evaluation.PerCategory.Select(pair => (pair.Category.Name, pair.Figures.Thresholds)).Append(("all", evaluation.Summary.Matches.Thresholds))
                .SelectMany(pair => thresholds.Select(pair.Item2.At).Select(point => (IEnumerable<object?>)[pair.Item1, point.Threshold, point.Right, point.Wrong, point.Missed, point.Precision, point.Recall, point.F1])));
        ConfusionMatrix matrix = evaluation.Errors.Confusion;
        string[] names = [.. matrix.CategoryIds.Select(evaluation.NameOf), "background"];
        CsvFile.Write(
            Path.Combine(folder, "confusion.csv"), ["is / taken for", .. names],
            names.Select((name, row) => Enumerable.Range(0, names.Length).Select(column => (object?)matrix[row, column]).Prepend(name)));
        CsvFile.Write(
            Path.Combine(folder, "errors.csv"), ["error", "kind", "image_id", "image", "category", "detected", "score", "IoU", "x", "y", "width", "height"],
            evaluation.Errors.Missed.Select(error => Row("missed", error, error.Object!.Value.Box, evaluation))
                .Concat(evaluation.Errors.Invented.Select(error => Row("wrong", error, error.Detection!.Value.Box, evaluation))));
    }

    private static IEnumerable<object?> Row(int id, string name, CategoryEvaluation figures, double threshold)
    {
        ThresholdPoint point = figures.Thresholds.At(threshold);
        return
        [
            id, name, figures.Objects, figures.ObjectsBySize.Small, figures.ObjectsBySize.Medium, figures.ObjectsBySize.Large,
            figures.AP, figures.AP50, figures.AP75, figures.APsmall, figures.APmedium, figures.APlarge, figures.AR100,
            threshold, point.Precision, point.Recall, point.F1, figures.Thresholds.Best?.Threshold, figures.Thresholds.Best?.F1,
        ];
    }

    private static IEnumerable<object?> Row(string error, DetectionError about, ResultBox box, ScoredEvaluation evaluation) =>
    [
        error, about.Kind, about.ImageId, evaluation.PictureName(about.ImageId), about.Object is { } item ? evaluation.NameOf(item.CategoryId) : null,
        about.Detection is { } detection ? evaluation.NameOf(detection.CategoryId) : null, about.Detection?.Score, about.Overlap, box.X, box.Y, box.Width, box.Height,
    ];
}
