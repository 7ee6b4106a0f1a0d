using Detr.Data;
using Detr.Data.Evaluation;
using Spectre.Console;

namespace Detr.Cli;

/// <summary>The figures of an evaluation as tables.</summary>
internal static class EvaluationTables
{
    internal static Table Figures(EvaluationSummary summary)
    {
        Table table = new Table().AddColumn("figure").AddColumn(new TableColumn("value").RightAligned());
        foreach ((string name, double? value) in summary.Figures)
        {
            table.AddRow(name, Text(value));
        }

        return table;
    }

    internal static Table PerCategory(EvaluationSummary summary, IReadOnlyList<Category> categories)
    {
        Table table = new Table().AddColumn("category").AddColumn(new TableColumn("AP").RightAligned());
        foreach (Category category in categories)
        {
            table.AddRow(Markup.Escape(category.Name), Text(summary.PerCategory[category.Id]));
        }

        return table;
    }

    private static string Text(double? value) => value is { } number ? FormattableString.Invariant($"{number:F3}") : "n/a: no ground truth";
}
