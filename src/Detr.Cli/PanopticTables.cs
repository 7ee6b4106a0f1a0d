using Detr.Data.Evaluation;
using Spectre.Console;

namespace Detr.Cli;

/// <summary>Panoptic quality on the terminal.</summary>
internal static class PanopticTables
{
    /// <summary>The means over all categories, over things and over stuff.</summary>
    internal static Table Figures(PanopticSummary summary)
    {
        Table table = WithColumns(string.Empty, "PQ", "SQ", "RQ", "categories");
        foreach ((string name, PanopticQuality quality) in summary.Figures)
        {
            table.AddRow(name, Text(quality.PQ), Text(quality.SQ), Text(quality.RQ), FormattableString.Invariant($"{quality.Categories}"));
        }

        return table;
    }

    /// <summary>The categories that have a segment, true or predicted.</summary>
    internal static Table PerCategory(PanopticSummary summary)
    {
        Table table = WithColumns("category", "PQ", "SQ", "RQ", "found", "wrong", "missed");
        foreach (PanopticCategoryQuality quality in summary.PerCategory.Where(item => item.PQ is not null))
        {
            table.AddRow(
            [
                Markup.Escape(quality.Category.Name), Text(quality.PQ), Text(quality.SQ), Text(quality.RQ),
                .. new[] { quality.Matched, quality.Invented, quality.Missed }.Select(count => FormattableString.Invariant($"{count}")),
            ]);
        }

        int absent = summary.PerCategory.Count(item => item.PQ is null);
        return absent == 0 ? table : table.Caption($"{absent} categories have no segment, true or predicted");
    }

    private static Table WithColumns(string first, params string[] figures)
    {
        Table table = new Table().AddColumn(first);
        foreach (string figure in figures)
        {
            table.AddColumn(new TableColumn(figure).RightAligned());
        }

        return table;
    }

    private static string Text(double? value) => value is { } number ? FormattableString.Invariant($"{number:F3}") : "n/a";
}
