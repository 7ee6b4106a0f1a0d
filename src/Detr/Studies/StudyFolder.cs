using System.Text;
using Detr.Data;
using Detr.Reports;
using Detr.Tensors.Checkpoints;

namespace Detr.Studies;

/// <summary>
/// A study's folder: <c>report.html</c>, <c>study.md</c> (a section for a page of several studies), <c>table.csv</c> (and
/// <c>table-2.csv</c> …), and figures in <c>images</c>.
/// </summary>
public static class StudyFolder
{
    private const string Images = "images";

    /// <summary>Writes the folder's files.</summary>
    /// <param name="folder">The folder; made if it does not exist.</param>
    /// <param name="study">The study.</param>
    /// <param name="workshop">Where it was done.</param>
    /// <param name="result">What it found.</param>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static void Write(string folder, IStudy study, StudyWorkshop workshop, StudyResult result)
    {
        Directory.CreateDirectory(Path.Combine(folder, Images));
        foreach ((int index, StudyTable table) in result.Tables.Index())
        {
            string name = index == 0 ? "table.csv" : FormattableString.Invariant($"table-{index + 1}.csv");
            CsvFile.Write(Path.Combine(folder, name), table.Headings, table.Rows.Select(row => row.Values.Select(value => (object?)value).Prepend(row.Label)));
        }

        foreach (StudyFigure figure in result.Figures)
        {
            PngFile.Write(figure.Picture, Path.Combine(folder, PictureName(study, figure)));
        }

        AtomicFile.Write(Path.Combine(folder, "study.md"), stream => stream.Write(Encoding.UTF8.GetBytes(StudyMarkdown.Of(study, workshop, result))));
        Page(study, workshop, result).Write(Path.Combine(folder, EvaluationReport.PageName));
    }

    /// <summary>Where a figure lies in its study's folder: in one of pictures alone, which can be laid beside any page.</summary>
    internal static string PictureName(IStudy study, StudyFigure figure) => $"{Images}/study-{study.Name}-{figure.FileName}.png";

    /// <summary>How the numbers were made.</summary>
    internal static string Method(IStudy study, StudyWorkshop workshop)
    {
        int seeds = study.RepeatsTrainings ? workshop.Seeds : 1;
        (string times, string others) = seeds == 1 ? ("once", string.Empty) : (FormattableString.Invariant($"{seeds} times"), FormattableString.Invariant($" and the next {seeds - 1}"));
        return study.TrainsModels
            ? FormattableString.Invariant($"each arm trained {times}, {workshop.Recipe.Text}{others}; evaluated on {workshop.ValidationScenes} scenes that none was trained on.")
            : "a model as it was found, on generated scenes.";
    }

    private static ReportPage Page(IStudy study, StudyWorkshop workshop, StudyResult result) => new(
        $"Study: {study.Name}", Html.Of($"{study.Question}"),
        [
            new ReportSection("Finding", Html.Of($"<p>{result.Finding}</p>")) { Note = Html.Of($"The paper: {study.Paper}") },
            .. result.Tables.Select(table => new ReportSection(
                table.Title, ReportParts.Table(table.Headings, table.Rows.Select(row => (IReadOnlyList<Html>)[.. table.Cells(row).Select(cell => Html.Of($"{cell}"))])))),
            new ReportSection("Figures", Html.Join(result.Figures.Select(figure => ReportParts.Picture(figure.Picture, Html.Of($"{figure.Caption}"))))),
            new ReportSection("Method", Html.Of($"<p>{Method(study, workshop)}</p>")),
        ]);
}
