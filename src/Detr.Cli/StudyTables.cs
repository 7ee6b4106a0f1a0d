using Detr.Studies;
using Spectre.Console;

namespace Detr.Cli;

/// <summary>A study on the terminal.</summary>
internal static class StudyTables
{
    /// <summary>Writes what a study asks, its tables, and what they say.</summary>
    internal static void Write(IStudy study, StudyResult result, string folder)
    {
        AnsiConsole.MarkupLineInterpolated($"{study.Name}: {study.Question}");
        foreach (StudyTable table in result.Tables)
        {
            AnsiConsole.Write(Of(table));
        }

        AnsiConsole.MarkupLineInterpolated($"{result.Finding}");
        AnsiConsole.MarkupLineInterpolated($"The paper: {study.Paper}");
        AnsiConsole.MarkupLineInterpolated($"{Path.Combine(folder, "report.html")} shows it with its figures.");
    }

    private static Table Of(StudyTable study)
    {
        Table table = new Table().Title(Markup.Escape(study.Title)).AddColumn(Markup.Escape(study.Subject));
        foreach (StudyColumn column in study.Columns)
        {
            table.AddColumn(new TableColumn(Markup.Escape(column.Title)).RightAligned());
        }

        foreach (StudyRow row in study.Rows)
        {
            table.AddRow([.. study.Cells(row).Select(Markup.Escape)]);
        }

        return table;
    }
}
