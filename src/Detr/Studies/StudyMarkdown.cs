using System.Text;

namespace Detr.Studies;

/// <summary>A study as a section of a Markdown page, whose pictures lie in a folder <c>images</c> beside the page.</summary>
public static class StudyMarkdown
{
    /// <summary>The section.</summary>
    /// <param name="study">The study.</param>
    /// <param name="workshop">Where it was done.</param>
    /// <param name="result">What it found.</param>
    public static string Of(IStudy study, StudyWorkshop workshop, StudyResult result)
    {
        StringBuilder text = new();
        Paragraph(text, $"## {study.Name}");
        Paragraph(text, study.Question);
        Paragraph(text, $"The paper: {study.Paper}");
        foreach (StudyTable table in result.Tables)
        {
            Paragraph(text, $"{table.Title}:");
            Row(text, table.Headings);
            Row(text, ["---", .. table.Columns.Select(_ => "---:")]);
            foreach (StudyRow row in table.Rows)
            {
                Row(text, table.Cells(row));
            }

            text.Append('\n');
        }

        foreach (StudyFigure figure in result.Figures)
        {
            Paragraph(text, $"![{figure.Caption}]({StudyFolder.PictureName(study, figure)})");
        }

        Paragraph(text, result.Finding);
        Paragraph(text, $"`detr study {study.Name}`: {StudyFolder.Method(study, workshop)}");
        return text.ToString().TrimEnd('\n') + "\n";
    }

    private static void Paragraph(StringBuilder text, string paragraph) => text.Append(paragraph).Append("\n\n");

    private static void Row(StringBuilder text, IReadOnlyList<string> cells) => text.Append("| ").AppendJoin(" | ", cells.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal))).Append(" |\n");
}
