using System.Globalization;
using Detr.Data;
using Detr.Explain;
using Detr.Figures;
using Detr.Imaging;
using Detr.Models;
using Detr.Reports;

namespace Detr.Cli;

/// <summary>The folder of <c>explain --out</c>: a page with every map, and the figures that are on it as pictures.</summary>
internal static class ExplanationFolder
{
    // What the maps of single heads may weigh on the page, and what a map weighs besides its cells.
    private const long HeadMapBytes = 2L << 20;
    private const int MapBytes = 150;

    /// <summary>Writes the folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="title">The page's title.</param>
    /// <param name="image">The picture.</param>
    /// <param name="detector">The detector that explained it.</param>
    /// <param name="explanation">The maps.</param>
    /// <param name="placement">Where their cells lie.</param>
    /// <param name="off">The heads that were switched off, and are for the attention that is shown too; null for none.</param>
    /// <param name="lead">Sentences below the title, before the picture's size and how much there is to see; null for none.</param>
    /// <param name="memoryLimit">The most bytes that attention maps may take.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="MemoryLimitException">Attention would take more than the limit.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    internal static void Write(
        string folder, string title, RgbImage image, Detector detector, Explanation explanation, MapPlacement placement, HeadsOff? off = null,
        Html? lead = null, long memoryLimit = ExplainRequest.DefaultMemoryLimit, CancellationToken cancellationToken = default)
    {
        Detection[] explained =
        [
            .. explanation.Maps.Values.SelectMany(maps => maps).Select(map => map.Query).Distinct().Select(query => explanation.Detections[query]).OrderByDescending(detection => detection.Score),
        ];
        List<ExplainedMap> maps = [];
        foreach ((string method, RelevanceMap map) in explanation.Maps.SelectMany(pair => pair.Value.Select(map => (pair.Key, map))))
        {
            ExplainedMap named = Named(map, method, explanation.Detections[map.Query], detector.Categories);
            RgbImage figure = MapFigure.Draw(image, placement, explanation.Detections[map.Query], map.Values, named.Description);
            PngFile.Write(figure, Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"query-{map.Query}-{method}.png")));
            maps.Add(named);
        }

        AttentionRecord record = new(detector.Model.Options.Transformer, placement, memoryLimit);
        detector.Detect(image, new DetectRequest { AttentionObserver = record, HeadMask = off }, cancellationToken);
        maps.AddRange(Attention(record, explained, placement));
        List<(string Caption, RgbImage Figure)> figures = [];
        foreach ((string file, string caption, RgbImage figure) in AttentionFigures.Draw(image, placement, detector.Model, explanation.Detections, explained, record))
        {
            cancellationToken.ThrowIfCancellationRequested();
            PngFile.Write(figure, Path.Combine(folder, file));
            figures.Add((caption, figure));
        }

        ReportPage page = ExplainReport.Of(title, image, placement, explained, maps, figures, record.Points);
        (lead is { } sentences ? page with { Lead = Html.Of($"{sentences} {page.Lead}") } : page).Write(Path.Combine(folder, "report.html"));
    }

    /// <summary>A method's map, named with the class that it explains where that is not what the query found.</summary>
    private static ExplainedMap Named(RelevanceMap map, string method, Detection detection, IReadOnlyList<Category> categories)
    {
        Category category = PostProcess.CategoryOf(map.Label, categories);
        return new ExplainedMap(map.Query, new MapDescription(category.Id == detection.LabelId ? method : $"{method} for {category.Name}"), map.Values);
    }

    /// <summary>Every layer's cross-attention of each query, and its heads' for as many of the surest as the page has room for.</summary>
    private static IEnumerable<ExplainedMap> Attention(AttentionRecord record, Detection[] explained, MapPlacement placement)
    {
        long heads = (long)record.Transformer.DecoderLayers * record.Transformer.Heads;
        long queriesWithHeads = HeadMapBytes / heads / ((placement.PictureRows * (long)placement.PictureColumns * 4 / 3) + MapBytes);
        for (int layer = 0; layer < record.Transformer.DecoderLayers; layer++)
        {
            AttentionMap mean = record.Cross(layer);
            for (int i = 0; i < explained.Length; i++)
            {
                int query = explained[i].Query;
                yield return new ExplainedMap(query, new MapDescription(AttentionFigures.Cross, layer), mean.Row(query).ToArray());
                for (int head = 0; head < (i < queriesWithHeads ? record.Transformer.Heads : 0); head++)
                {
                    yield return new ExplainedMap(query, new MapDescription(AttentionFigures.Cross, layer, head), record.Cross(layer, head, query));
                }
            }
        }
    }
}
