using Detr.Data;
using Detr.Explain;
using Detr.Models;
using Detr.Reports;

namespace Detr.Cli;

/// <summary>Explains what a model that attends to all cells found: maps as text, JSON and a page.</summary>
internal static class MapDisplay
{
    /// <summary>Explains and shows it.</summary>
    /// <param name="open">The picture and the detector.</param>
    /// <param name="request">What is to be explained.</param>
    /// <param name="placement">Where maps lie on the picture.</param>
    /// <param name="off">The heads that are off; null for none.</param>
    /// <param name="remarks">What is to be said beside it.</param>
    /// <param name="target">Where it goes.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <exception cref="MemoryLimitException">Attention would take more than the request allows.</exception>
    internal static void Show(OpenPicture open, ExplainRequest request, MapPlacement placement, HeadsOff? off, string[] remarks, ExplainTarget target, CancellationToken cancellation)
    {
        Detector detector = open.Detector;
        Explanation explanation = detector.Explain(open.Image, request, off, cancellation);
        remarks = FoundNothing(explanation, request, detector.Categories) is { } nothing ? [nothing, .. remarks] : remarks;
        if (target.PrintsText)
        {
            Array.ForEach(remarks, Console.WriteLine);
            Print(explanation, detector);
        }

        if (target.Json is not null)
        {
            JsonTarget.Write(target.Json, writer => ExplanationJson.Write(writer, explanation, detector.Categories));
        }

        if (target.Folder is not null)
        {
            ExplanationFolder.Write(
                target.Folder, Path.GetFileName(open.File), open.Image, detector, explanation, placement, off, remarks.Length > 0 ? Html.Of($"{string.Join(' ', remarks)}") : null, request.MemoryLimit, cancellation);
        }
    }

    /// <summary>What is said where no query was named and none is sure of anything; otherwise null.</summary>
    private static string? FoundNothing(Explanation explanation, ExplainRequest request, IReadOnlyList<Category> categories)
        => request.Queries is null && explanation.Maps.Values.First() is [var only] && explanation.Detections[only.Query] is var found
            && (found.Score <= request.Threshold || found.LabelId != PostProcess.CategoryOf(only.Label, categories).Id)
            ? NothingOver(request.Threshold)
            : null;

    /// <summary>That the surest answer is explained because no other is sure enough.</summary>
    internal static string NothingOver(float threshold) => FormattableString.Invariant($"No answer has a score over {threshold}; the surest is explained.");

    /// <summary>Each map's strongest cell; the maps themselves are for other programs.</summary>
    private static void Print(Explanation explanation, Detector detector)
    {
        foreach ((string method, IReadOnlyList<RelevanceMap> maps) in explanation.Maps)
        {
            foreach (RelevanceMap map in maps)
            {
                (int row, int column) = Math.DivRem(map.Values.AsSpan().IndexOf(map.Values.Max()), map.Width);
                string where = map.Values.All(value => value == 0)
                    ? "no cell speaks for it"
                    : FormattableString.Invariant($"strongest in row {row + 1} of {map.Height}, column {column + 1} of {map.Width}");
                Console.WriteLine(FormattableString.Invariant($"{method}: query {map.Query}, {PostProcess.CategoryOf(map.Label, detector.Categories).Name}: {where}"));
            }
        }
    }
}
