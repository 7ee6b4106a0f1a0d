using Detr.Data;
using Detr.Explain;
using Detr.Figures;
using Detr.Imaging;
using Detr.Reports;

namespace Detr.Cli;

/// <summary>The folder of <c>explain --out</c> for a model that samples points: a page, and the figures that are on it as pictures.</summary>
internal static class SamplingFolder
{
    private const int MostDrawn = 5;

    /// <summary>Writes the folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="open">The picture and the detector that explained it.</param>
    /// <param name="explanation">The points.</param>
    /// <param name="off">The heads that were switched off, and are for the attention that is shown too; null for none.</param>
    /// <param name="lead">Sentences below the title; null for none.</param>
    /// <param name="memoryLimit">The most bytes that attention maps among queries may take.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="MemoryLimitException">Attention would take more than the limit.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    internal static void Write(string folder, OpenPicture open, SamplingExplanation explanation, HeadsOff? off, Html? lead, long memoryLimit, CancellationToken cancellationToken)
    {
        SampledQuery[] explained = [.. explanation.Queries.OrderByDescending(query => explanation.Detections[query.Query].Score)];
        AttentionCapture among = new(place => place.Kind == AttentionKind.DecoderSelf, heads: false, memoryLimit);
        open.Detector.Detect(open.Image, new DetectRequest { AttentionObserver = among, HeadMask = off }, cancellationToken);
        List<(string Caption, RgbImage Figure)> figures = [];
        foreach ((string file, string caption, RgbImage figure) in Draw(open.Image, explanation, explained, among))
        {
            cancellationToken.ThrowIfCancellationRequested();
            PngFile.Write(figure, Path.Combine(folder, file));
            figures.Add((caption, figure));
        }

        ReportPage page = SamplingReport.Of(Path.GetFileName(open.File), open.Image, explanation, figures);
        (lead is { } sentences ? page with { Lead = Html.Of($"{sentences} {page.Lead}") } : page).Write(Path.Combine(folder, "report.html"));
    }

    private static IEnumerable<(string File, string Caption, RgbImage Figure)> Draw(RgbImage image, SamplingExplanation explanation, SampledQuery[] explained, AttentionCapture among)
    {
        string others = explained.Length > MostDrawn ? FormattableString.Invariant($"; drawn for the surest {MostDrawn} alone") : string.Empty;
        yield return AttentionFigures.Answers(image, explanation.Detections);
        foreach (SampledQuery query in explained.Take(MostDrawn))
        {
            Detection detection = explanation.Detections[query.Query];
            yield return (
                FormattableString.Invariant($"query-{query.Query}-points.png"), $"Where query {query.Query} samples the picture{others}",
                SamplingFigure.Draw(image, detection, query.Decoder, explanation.Levels, AttentionKind.DecoderCross));
            if (query.Encoder.Count > 0)
            {
                yield return (
                    FormattableString.Invariant($"query-{query.Query}-encoder-points.png"), $"Where the cell in the middle of its box samples the picture in the encoder{others}",
                    SamplingFigure.Draw(image, detection, query.Encoder, explanation.Levels, AttentionKind.EncoderSelf));
            }
        }

        AttentionMap[] layers = [.. among.Places.OrderBy(place => place.Layer).Select(place => among.Mean(place))];
        foreach ((string File, string Caption, RgbImage Figure) figure in AttentionFigures.AmongQueries(layers, [.. explained.Select(query => explanation.Detections[query.Query])]))
        {
            yield return figure;
        }
    }
}
