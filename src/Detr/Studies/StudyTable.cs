namespace Detr.Studies;

/// <summary>Numbers in rows.</summary>
/// <param name="Title">What they are of.</param>
/// <param name="Subject">The heading above the rows' labels.</param>
/// <param name="Columns">What each number of a row is.</param>
/// <param name="Rows">The rows, each with as many numbers as there are columns.</param>
public sealed record StudyTable(string Title, string Subject, IReadOnlyList<StudyColumn> Columns, IReadOnlyList<StudyRow> Rows)
{
    /// <summary>All headings, from the left.</summary>
    public IReadOnlyList<string> Headings => [Subject, .. Columns.Select(column => column.Title)];

    /// <summary>A row's cells as text, from the left.</summary>
    /// <param name="row">One of the rows.</param>
    public IReadOnlyList<string> Cells(StudyRow row) => [row.Label, .. Columns.Zip(row.Values, (column, value) => column.Text(value))];
}
