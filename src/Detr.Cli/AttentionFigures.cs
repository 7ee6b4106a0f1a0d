using Detr.Explain;
using Detr.Figures;
using Detr.Imaging;
using Detr.Models;
using Detr.Tensors;

namespace Detr.Cli;

/// <summary>The figures of an explanation's folder.</summary>
internal static class AttentionFigures
{
    /// <summary>What maps of the decoder's cross-attention are called.</summary>
    internal const string Cross = "decoder cross-attention";

    private const string Encoder = "encoder self-attention";
    private const float LowThreshold = 0.1f;
    private const int MostLowDetections = 30;
    private const int MostLayerHeadFigures = 5;

    /// <summary>Draws what there is to draw, one after the other.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="placement">Where the maps' cells lie on it.</param>
    /// <param name="model">The model.</param>
    /// <param name="found">Every query's detection, in query order.</param>
    /// <param name="explained">Those that were explained, the surest first; at least one.</param>
    /// <param name="record">The attention.</param>
    internal static IEnumerable<(string File, string Caption, RgbImage Figure)> Draw(
        RgbImage image, MapPlacement placement, DetrModel model, IReadOnlyList<Detection> found, IReadOnlyList<Detection> explained, AttentionRecord record)
    {
        int last = record.Transformer.DecoderLayers - 1;
        AttentionMap cross = record.Cross(last);
        MapDescription lastCross = new(Cross, last);
        yield return Answers(image, found);
        yield return ("queries.png", "What each query looks at in the last decoder layer, above what it answers", QueryMapsFigure.Draw(image, placement, WithMaps(explained, cross), lastCross));
        foreach ((Detection detection, int number) in explained.Take(MostLayerHeadFigures).Select((one, i) => (one, i + 1)))
        {
            string others = number == MostLayerHeadFigures && explained.Count > number ? $"; drawn for the surest {number} alone" : string.Empty;
            yield return (
                FormattableString.Invariant($"query-{detection.Query}-layers-and-heads.png"), $"What query {detection.Query} looks at in every layer, by every head{others}",
                LayerHeadFigure.Draw(image, placement, detection, LayersAndHeads(record, detection.Query), Cross));
        }

        if (record.HasEncoder)
        {
            AttentionMap encoder = record.Encoder;
            MapDescription lastEncoder = new(Encoder, record.Transformer.EncoderLayers - 1);
            yield return (
                "encoder.png", "What four points of the picture attend to in the encoder",
                ReferencePointFigure.Draw(image, placement, encoder, ReferencePointFigure.Around(image.Width, image.Height), lastEncoder));
            yield return (
                "extremities.png", "The decoder looks at an object's extremities, the encoder sets the object apart",
                ExtremitiesFigure.Draw(image, placement, explained[0], cross.Row(explained[0].Query), lastCross, encoder, lastEncoder));
        }

        Detection[] low = [.. found.Where(detection => detection.Score >= LowThreshold).OrderByDescending(detection => detection.Score).Take(MostLowDetections)];
        yield return (
            "near-duplicates.png", FormattableString.Invariant($"Every answer over {LowThreshold}, {MostLowDetections} at most, beside what its query looks at: near-duplicates stand together"),
            DuplicatesFigure.Draw(image, placement, WithMaps(low, cross), lastCross));
        foreach ((string File, string Caption, RgbImage Figure) figure in AmongQueries(record.DecoderSelf, explained))
        {
            yield return figure;
        }

        float[] encoding = Positions(model, placement);
        yield return ("position-channels.png", "How the encoder is told where cells are: channels of the position encoding", PositionFigure.Channels(encoding, placement.Rows, placement.Columns));
        yield return (
            "position-similarity.png", "How alike the encoding of one position is to that of every other",
            PositionFigure.Similarity(encoding, placement.Rows, placement.Columns, Cells(image, placement)));
    }

    /// <summary>Every query's answer.</summary>
    internal static (string File, string Caption, RgbImage Figure) Answers(RgbImage image, IReadOnlyList<Detection> found)
        => ("set.png", "Every object query's answer, and those that are kept", SetPredictionFigure.Draw(image, found, DetectRequest.DefaultThreshold));

    /// <summary>How queries attend to one another.</summary>
    /// <param name="among">Each decoder layer's self-attention; at least one.</param>
    /// <param name="explained">The queries that were explained.</param>
    internal static IEnumerable<(string File, string Caption, RgbImage Figure)> AmongQueries(AttentionMap[] among, IReadOnlyList<Detection> explained)
    {
        yield return ("query-matrix.png", "Which queries attend to which in the last decoder layer", QueryMatrixFigure.Draw(among[^1], new MapDescription("decoder self-attention", among.Length - 1), explained));
        yield return ("attended-queries.png", "Which queries draw most attention, layer by layer", AttendedQueriesFigure.Draw(among));
    }

    private static (Detection Detection, ReadOnlyMemory<float> Map)[] WithMaps(IEnumerable<Detection> detections, AttentionMap cross)
        => [.. detections.Select(detection => (detection, (ReadOnlyMemory<float>)cross.Row(detection.Query).ToArray()))];

    private static IReadOnlyList<ReadOnlyMemory<float>>[] LayersAndHeads(AttentionRecord record, int query)
        => [.. Enumerable.Range(0, record.Transformer.DecoderLayers).Select(layer => Enumerable.Range(0, record.Transformer.Heads).Select(head => record.Cross(layer, head, query)).ToArray())];

    private static float[] Positions(DetrModel model, MapPlacement placement)
    {
        using CpuBackend backend = new(1);
        ForwardContext context = new(backend);
        using Scope scope = context.Scope();
        return model.PositionEncoding.Forward(context, PaddingMask.None(1, placement.Rows, placement.Columns)).ToArray();
    }

    /// <summary>The cells of the points whose attention is drawn, too, and the first one.</summary>
    private static (int Row, int Column)[] Cells(RgbImage image, MapPlacement placement)
        => [.. ReferencePointFigure.Around(image.Width, image.Height).Select(point => placement.CellAt(point.X, point.Y, image.Width, image.Height)).Prepend(0).Distinct().Select(cell => Math.DivRem(cell, placement.Columns))];
}
