using Detr.Data.Evaluation;
using Detr.Reports;

namespace Detr.Cli;

/// <summary>The folder of <c>eval --out</c> and <c>score --out</c>.</summary>
internal static class EvaluationFolder
{
    internal static void Write(
        string folder, string title, string lead, ScoredEvaluation evaluation, string kind, PanopticSummary? panoptic, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        EvaluationJson.WriteFile(Path.Combine(folder, "evaluation.json"), evaluation, kind, panoptic);
        EvaluationReport.Write(folder, title, lead, evaluation, cancellationToken);
    }
}
