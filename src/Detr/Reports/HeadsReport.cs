using Detr.Explain;
using Detr.Figures;
using Detr.Imaging;

namespace Detr.Reports;

/// <summary>The page of one photograph and a model's heads: what becomes of detections as heads go off, and what each head is worth.</summary>
public static class HeadsReport
{
    /// <summary>The sections of a sweep: its figure, scores, and every map to lay over the photograph; the page has to say <see cref="ReportPage.HasMaps"/>.</summary>
    /// <param name="image">The upright original.</param>
    /// <param name="placement">Where the maps' cells lie on it.</param>
    /// <param name="sweep">The sweep.</param>
    /// <param name="figure">Its figure.</param>
    public static IReadOnlyList<ReportSection> Sections(RgbImage image, MapPlacement placement, HeadSweep sweep, RgbImage figure)
    {
        ExplainedMap[] maps =
        [
            .. sweep.Steps.SelectMany(step => step.Maps.Select(map => new ExplainedMap(map.Query, new MapDescription($"{sweep.Request.Method.Name}, {HeadSweepFigure.Name(step.Off)}"), map.Values))),
        ];
        return
        [
            new("Sweep", Figure(figure, $"Heads off in every layer's {sweep.Request.Kind.Title()}")),
            new("Scores", ReportParts.Grid([ReportParts.Chart(Chart(sweep)), ReportParts.Table(["heads", "found", .. sweep.Objects.Select(Name)], sweep.Steps.Select(Cells))]))
            {
                Note = Html.Of($"How probable the class that the whole model found still is at its query. Found are detections of {sweep.Request.Threshold:0.0#} and more, by any query."),
            },
            new("Maps", MapExplorer.Of(image, placement, sweep.Objects, maps)) { Note = Html.Of($"What speaks for the class that the whole model found; every map has a scale of its own.") },
        ];

        Html[] Cells(HeadSweepStep step) =>
        [
            Html.Of($"{HeadSweepFigure.Name(step.Off)}"), Html.Of($"{step.Detections.Count(found => found.Score >= sweep.Request.Threshold)}"), .. step.Scores.Select(score => Html.Of($"{score:F3}")),
        ];
    }

    /// <summary>The sections of a ranking.</summary>
    /// <param name="image">The upright original.</param>
    /// <param name="ranking">The ranking.</param>
    /// <param name="figure">Its figure.</param>
    public static IReadOnlyList<ReportSection> Sections(RgbImage image, HeadRanking ranking, RgbImage figure)
    {
        IEnumerable<IReadOnlyList<Html>> rows = ranking.Heads.Select(cost => (IReadOnlyList<Html>)
        [
            Html.Of($"{cost.Head.Place.Kind.Title()}"), Html.Of($"{cost.Head.Place.Layer}"), Html.Of($"{cost.Head.Head}"),
            Html.Of($"{cost.ScoreFall:F4}"), Html.Of($"{cost.BoxShift:F4}"), Html.Of($"{cost.Lost}"), Html.Of($"{cost.Added}"),
        ]);
        return
        [
            new("Ranking", Html.Join([Figure(figure, "What losing a head costs"), ReportParts.Table(["attention", "layer", "head", "score falls by", "boxes shift by", "lost", "added"], rows)]))
            {
                Note = Html.Of($"One head off at a time. Boxes shift by 1 − IoU; lost are objects that no query finds any more, added are detections beyond them, such as duplicates."),
            },
            new("Objects", ReportParts.Grid([ReportParts.Picture(DetectionFigure.Draw(image, ranking.Objects), Html.Of($"What the whole model found"))])),
        ];
    }

    /// <summary>The score of each object against how many heads are off.</summary>
    /// <param name="sweep">The sweep.</param>
    public static LineChart Chart(HeadSweep sweep)
    {
        double[] off = [.. sweep.Steps.Select(step => (double)step.Off)];
        LineSeries[] series = [.. sweep.Objects.Select((found, i) => new LineSeries(Name(found), off, [.. sweep.Steps.Select(step => (double)step.Scores[i])], Palette.ForIndex(i)))];
        return new LineChart($"Scores without the first heads of {sweep.Request.Kind.Title()}", "heads off in each layer", "probability of the class found", series) { HasWholeX = true, YRange = (0, 1) };
    }

    private static Html Figure(RgbImage figure, string caption) => Html.Of($"<div class=\"sheet-figure\">{ReportParts.Picture(figure, Html.Of($"{caption}"))}</div>");

    private static string Name(Detection detection) => FormattableString.Invariant($"query {detection.Query} · {detection.Label}");
}
