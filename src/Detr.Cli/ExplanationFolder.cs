using System.Globalization;
using Detr.Data;
using Detr.Explain;
using Detr.Figures;
using Detr.Imaging;
using Detr.Kernels;
using Detr.Models;
using Detr.Reports;
using Detr.Tensors;

namespace Detr.Cli;

/// <summary>The folder of <c>explain --out</c>: a page with every map, and the figures that are on it as pictures.</summary>
internal static class ExplanationFolder
{
    private const string Cross = "decoder cross-attention";

    /// <summary>Writes the folder.</summary>
    /// <param name="folder">The folder; made if it does not exist.</param>
    /// <param name="title">The page's title.</param>
    /// <param name="image">The picture.</param>
    /// <param name="detector">The detector that explained it.</param>
    /// <param name="explanation">The maps.</param>
    /// <param name="placement">Where their cells lie.</param>
    /// <param name="showsAttention">Whether attention is shown too: of the model as it is, with all its heads.</param>
    /// <param name="lead">A sentence below the title; the picture's size and what was found unless given.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    internal static void Write(
        string folder, string title, RgbImage image, Detector detector, Explanation explanation, MapPlacement placement, bool showsAttention,
        Html? lead = null, CancellationToken cancellationToken = default)
    {
        Directory.CreateDirectory(folder);
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

        List<(string File, string Caption, RgbImage Figure)> figures = [];
        if (showsAttention)
        {
            Capture capture = new(detector.Model.Options.Transformer);
            detector.Detect(image, 0, capture, cancellationToken);
            maps.AddRange(explained.SelectMany(detection => Attention(capture, detection)));
            figures.AddRange(Figures(image, placement, explained, capture));
        }

        foreach ((string file, _, RgbImage figure) in figures)
        {
            PngFile.Write(figure, Path.Combine(folder, file));
        }

        ReportPage page = ExplainReport.Of(title, image, placement, explained, maps, [.. figures.Select(figure => (figure.Caption, figure.Figure))]);
        (lead is { } sentence ? page with { Lead = sentence } : page).Write(Path.Combine(folder, "report.html"));
    }

    /// <summary>A method's map, named with the class that it explains where that is not what the query found.</summary>
    private static ExplainedMap Named(RelevanceMap map, string method, Detection detection, IReadOnlyList<Category> categories)
    {
        Category category = PostProcess.CategoryOf(map.Label, categories);
        return new ExplainedMap(map.Query, new MapDescription(category.Id == detection.LabelId ? method : $"{method} for {category.Name}"), map.Values);
    }

    private static IEnumerable<ExplainedMap> Attention(Capture capture, Detection detection)
    {
        for (int layer = 0; layer < capture.Options.DecoderLayers; layer++)
        {
            AttentionPlace place = new(AttentionKind.DecoderCross, layer);
            yield return new ExplainedMap(detection.Query, new MapDescription(Cross, layer), capture.Heads.Mean(place).Row(detection.Query).ToArray());
            for (int head = 0; head < capture.Options.Heads; head++)
            {
                yield return new ExplainedMap(detection.Query, new MapDescription(Cross, layer, head), capture.Heads.Head(place, head).Row(detection.Query).ToArray());
            }
        }
    }

    private static IEnumerable<(string File, string Caption, RgbImage Figure)> Figures(RgbImage image, MapPlacement placement, Detection[] explained, Capture capture)
    {
        int lastDecoder = capture.Options.DecoderLayers - 1, lastEncoder = capture.Options.EncoderLayers - 1;
        AttentionMap[] among = [.. Enumerable.Range(0, capture.Options.DecoderLayers).Select(layer => capture.Means.Mean(new AttentionPlace(AttentionKind.DecoderSelf, layer)))];
        AttentionMap cross = capture.Heads.Mean(new AttentionPlace(AttentionKind.DecoderCross, lastDecoder));
        yield return (
            "queries.png", "What each query looks at in the last decoder layer, above what it answers",
            QueryMapsFigure.Draw(image, placement, [.. explained.Select(detection => (detection, (ReadOnlyMemory<float>)cross.Row(detection.Query).ToArray()))], new MapDescription(Cross, lastDecoder)));
        if (lastEncoder >= 0)
        {
            AttentionMap encoder = capture.Means.Mean(new AttentionPlace(AttentionKind.EncoderSelf, lastEncoder));
            yield return (
                "encoder.png", "What four points of the picture attend to in the encoder",
                ReferencePointFigure.Draw(image, placement, encoder, ReferencePointFigure.Around(image.Width, image.Height), new MapDescription("encoder self-attention", lastEncoder)));
            yield return (
                "extremities.png", "The decoder looks at an object's extremities, the encoder sets the object apart",
                ExtremitiesFigure.Draw(image, placement, explained[0], cross.Row(explained[0].Query), new MapDescription(Cross, lastDecoder), encoder, new MapDescription("encoder self-attention", lastEncoder)));
        }

        yield return ("query-matrix.png", "Which queries attend to which in the last decoder layer", QueryMatrixFigure.Draw(among[^1], new MapDescription("decoder self-attention", lastDecoder), explained));
        yield return ("attended-queries.png", "Which queries draw most attention, layer by layer", AttendedQueriesFigure.Draw(among));
    }

    /// <summary>Cross-attention by its heads, all other attention that figures show by its mean.</summary>
    private sealed class Capture(TransformerOptions options) : IAttentionObserver
    {
        public TransformerOptions Options { get; } = options;

        public AttentionCapture Heads { get; } = new(place => place.Kind == AttentionKind.DecoderCross, heads: true);

        public AttentionCapture Means { get; } = new(place => place.Kind == AttentionKind.DecoderSelf || place == new AttentionPlace(AttentionKind.EncoderSelf, options.EncoderLayers - 1));

        public bool Wants(string name, in AttentionShape shape) => Of(name).Wants(name, shape);

        public void Observe(string name, Tensor probabilities) => Of(name).Observe(name, probabilities);

        private AttentionCapture Of(string name) => AttentionPlace.Find(name) is { Kind: AttentionKind.DecoderCross } ? Heads : Means;
    }
}
