using Detr.Data;
using Detr.Figures;

namespace Detr.Reports;

/// <summary>An evaluation as a folder: <c>report.html</c>, tables as CSV, and charts as PNG.</summary>
public static class EvaluationReport
{
    private const int ChartWidth = 800;
    private const int ChartHeight = 500;

    /// <summary>The page's name in its folder.</summary>
    public const string PageName = "report.html";

    /// <summary>Writes the folder's files.</summary>
    /// <param name="folder">The folder, which exists.</param>
    /// <param name="title">What was evaluated.</param>
    /// <param name="lead">On what.</param>
    /// <param name="evaluation">The evaluation.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="IOException">A picture cannot be read, or a file not written.</exception>
    /// <exception cref="InvalidDataException">A picture is damaged.</exception>
    public static void Write(string folder, string title, string lead, ScoredEvaluation evaluation, CancellationToken cancellationToken = default)
    {
        EvaluationCsv.Write(folder, evaluation);
        PngFile.Write(EvaluationCharts.PrecisionRecall(evaluation).Render(ChartWidth, ChartHeight), Path.Combine(folder, "precision-recall.png"));
        PngFile.Write(EvaluationCharts.Thresholds(evaluation).Render(ChartWidth, ChartHeight), Path.Combine(folder, "thresholds.png"));
        PngFile.Write(ConfusionFigure.Draw(evaluation.Errors.Confusion, evaluation.NameOf), Path.Combine(folder, "confusion.png"));
        new ReportPage(title, Html.Of($"{lead}"), EvaluationSections.For(evaluation, cancellationToken)).Write(Path.Combine(folder, PageName));
    }
}
