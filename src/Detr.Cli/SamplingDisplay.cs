using Detr.Explain;
using Detr.Reports;

namespace Detr.Cli;

/// <summary>Explains what a model with deformable attention found: the points that it sampled as text, JSON and a page.</summary>
internal static class SamplingDisplay
{
    /// <summary>Explains and shows it.</summary>
    /// <param name="open">The picture and the detector.</param>
    /// <param name="request">Whose points are wanted.</param>
    /// <param name="off">The heads that are off; null for none.</param>
    /// <param name="remarks">What is to be said beside it.</param>
    /// <param name="target">Where it goes.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <exception cref="InputException">The picture is too small for a query that was named.</exception>
    /// <exception cref="MemoryLimitException">Points would take more than the request allows.</exception>
    internal static void Show(OpenPicture open, SamplingRequest request, HeadsOff? off, string[] remarks, ExplainTarget target, CancellationToken cancellation)
    {
        SamplingExplanation explanation = Explain(open, request, off, cancellation);
        if (request.Queries is null && explanation.Queries is [var only] && explanation.Detections[only.Query].Score <= request.Threshold)
        {
            remarks = [MapDisplay.NothingOver(request.Threshold), .. remarks];
        }

        if (target.PrintsText)
        {
            Array.ForEach(remarks, Console.WriteLine);
            Print(open, explanation);
        }

        if (target.Json is not null)
        {
            JsonTarget.Write(target.Json, writer => SamplingJson.Write(writer, explanation, open.Image.Width, open.Image.Height));
        }

        if (target.Folder is not null)
        {
            SamplingFolder.Write(target.Folder, open, explanation, off, remarks.Length > 0 ? Html.Of($"{string.Join(' ', remarks)}") : null, request.MemoryLimit, cancellation);
        }
    }

    private static SamplingExplanation Explain(OpenPicture open, SamplingRequest request, HeadsOff? off, CancellationToken cancellation)
    {
        try
        {
            return open.Detector.ExplainSampling(open.Image, request, off, cancellation);
        }
        catch (ArgumentOutOfRangeException error) when (error.ActualValue is int query)
        {
            throw new InputException(FormattableString.Invariant($"--query {query} begins at a cell, and so small a picture has fewer; give a smaller number or a larger --size."));
        }
    }

    /// <summary>Where the last decoder layer looks; the points themselves are for other programs.</summary>
    private static void Print(OpenPicture open, SamplingExplanation explanation)
    {
        foreach (SampledQuery query in explanation.Queries)
        {
            (Detection found, SamplingPoints points) = (explanation.Detections[query.Query], query.Decoder[^1]);
            string levels = string.Join(", ", Enumerable.Range(0, points.Levels).Select(level => Percent(points.ShareOfLevel(level))));
            Console.WriteLine($"query {query.Query}, {found.Label}: {Percent(points.ShareInBox(found, open.Image.Width, open.Image.Height))} of the last layer's weight in its box; by level, finest first: {levels}");
        }
    }

    private static string Percent(double share) => FormattableString.Invariant($"{100 * share:F0}%");
}
