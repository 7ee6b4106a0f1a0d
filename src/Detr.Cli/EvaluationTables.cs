using Detr.Data;
using Detr.Data.Evaluation;
using Detr.Reports;
using Spectre.Console;

namespace Detr.Cli;

/// <summary>An evaluation on the terminal.</summary>
internal static class EvaluationTables
{
    // More columns than this do not fit a terminal.
    private const int LargestMatrix = 12;
    private const int MostConfusions = 10;

    /// <summary>Writes COCO's figures, each category's, what was taken for what, and what else went wrong.</summary>
    internal static void Write(ScoredEvaluation evaluation)
    {
        AnsiConsole.Write(Figures(evaluation.Summary));
        AnsiConsole.Write(PerCategory(evaluation));
        WriteConfusion(evaluation);
        WriteErrors(evaluation);
        foreach (string hint in EvaluationHints.For(evaluation))
        {
            Console.Error.WriteLine(hint);
        }
    }

    private static Table Figures(EvaluationSummary summary)
    {
        Table table = new Table().AddColumn("figure").AddColumn(new TableColumn("value").RightAligned());
        foreach ((string name, double? value) in summary.Figures)
        {
            table.AddRow(name, Text(value));
        }

        return table;
    }

    private static Table PerCategory(ScoredEvaluation evaluation)
    {
        Table table = new Table().AddColumn("category");
        foreach (string heading in new[] { "objects", "AP", "AP50", "precision", "recall", "F1", "best F1", "at score" })
        {
            table.AddColumn(new TableColumn(heading).RightAligned());
        }

        table.Caption(FormattableString.Invariant($"precision, recall and F1 at IoU 0.50 and score {evaluation.Threshold:0.00}"));
        foreach ((Category category, CategoryEvaluation figures) in evaluation.PerCategory)
        {
            ThresholdPoint point = figures.Thresholds.At(evaluation.Threshold);
            table.AddRow(
            [
                Markup.Escape(category.Name), FormattableString.Invariant($"{figures.Objects}"), Text(figures.AP),
                .. new[] { figures.AP50, point.Precision, point.Recall, point.F1, figures.Thresholds.Best?.F1, figures.Thresholds.Best?.Threshold }.Select(Short),
            ]);
        }

        return table;
    }

    private static void WriteConfusion(ScoredEvaluation evaluation)
    {
        ConfusionMatrix matrix = evaluation.Errors.Confusion;
        string[] names = [.. matrix.CategoryIds.Select(evaluation.NameOf), "background"];
        if (matrix.Background <= LargestMatrix)
        {
            Table table = new Table().AddColumn("is, taken for:");
            foreach (int column in Enumerable.Range(1, names.Length))
            {
                table.AddColumn(new TableColumn(FormattableString.Invariant($"{column}")).RightAligned());
            }

            table.Caption("rows and columns are numbered alike");
            for (int row = 0; row < names.Length; row++)
            {
                table.AddRow([Markup.Escape(FormattableString.Invariant($"{row + 1} {names[row]}")), .. Enumerable.Range(0, names.Length).Select(column => matrix[row, column] == 0 ? "·" : FormattableString.Invariant($"{matrix[row, column]}"))]);
            }

            AnsiConsole.Write(table);
            return;
        }

        foreach ((int truth, int found, int count) in matrix.Confusions().Take(MostConfusions))
        {
            AnsiConsole.MarkupLineInterpolated($"{names[truth]} taken for {names[found]}: {count} of {matrix.RowSum(truth)}");
        }
    }

    private static void WriteErrors(ScoredEvaluation evaluation)
    {
        DetectionErrors errors = evaluation.Errors;
        AnsiConsole.MarkupLineInterpolated($"{errors.Missed.Count} objects missed{List(errors.Missed)}; {errors.Invented.Count} detections wrong{List(errors.Invented)}.");

        static string List(IReadOnlyList<DetectionError> all) => all.Count == 0
            ? string.Empty
            : $": {string.Join(", ", all.CountBy(error => error.Kind).OrderByDescending(pair => pair.Value).Select(pair => $"{pair.Value} {EvaluationSections.Meaning(pair.Key)}"))}";
    }

    private static string Text(double? value) => value is { } number ? FormattableString.Invariant($"{number:F3}") : "n/a: no ground truth";

    private static string Short(double? value) => value is { } number ? FormattableString.Invariant($"{number:F3}") : "n/a";
}
