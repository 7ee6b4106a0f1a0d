using Detr.Explain;
using Detr.Figures;
using Detr.Imaging;

namespace Detr.Reports;

/// <summary>The page of one explained photograph: what was found, every map to lay over it, and figures.</summary>
public static class ExplainReport
{
    /// <summary>Puts the page together.</summary>
    /// <param name="title">Its title, such as the photograph's name.</param>
    /// <param name="image">The upright original.</param>
    /// <param name="placement">Where the maps' cells lie on it.</param>
    /// <param name="detections">What the queries found; may be none.</param>
    /// <param name="maps">The maps; those of queries that are not among the detections are passed over.</param>
    /// <param name="figures">Further pictures with what they show; may be none.</param>
    /// <param name="points">What cells attend to in the encoder, for points that are picked; null for no such part.</param>
    /// <exception cref="ArgumentException">A map is of another size, or has a number that is not finite.</exception>
    public static ReportPage Of(
        string title, RgbImage image, MapPlacement placement, IReadOnlyList<Detection> detections, IReadOnlyList<ExplainedMap> maps,
        IReadOnlyList<(string Caption, RgbImage Figure)> figures, EncoderPoints? points = null)
    {
        List<ReportSection> sections =
        [
            new("Maps", MapExplorer.Of(image, placement, detections, maps))
            {
                Note = Html.Of($"What speaks for each answer. Choose a query, by its box too, then a method, a layer and a head; a number appears under the pointer. A cell is {placement.Stride} pixels of the {placement.ModelWidth} × {placement.ModelHeight} that the model saw, and every map has a scale of its own."),
            },
            Answers(image, detections),
        ];
        if (points is not null)
        {
            sections.Insert(1, new ReportSection("Points", PointExplorer.Of(image, points)) { Note = PointExplorer.Note(points) });
        }

        if (figures.Count > 0)
        {
            sections.Add(Figures(figures));
        }

        return new ReportPage(title, Html.Of($"{image.Width} × {image.Height} pixels, {Counted(detections.Count, "explained answer")}, {Counted(maps.Count, "map")}."), sections) { HasMaps = true };
    }

    /// <summary>What the explained queries answer, drawn and told.</summary>
    internal static ReportSection Answers(RgbImage image, IReadOnlyList<Detection> detections)
    {
        IReadOnlyList<Html>[] rows =
        [
            .. detections.Select(found => (IReadOnlyList<Html>)
            [
                Html.Of($"{found.Label}"), Html.Of($"{found.Score:F2}"), Html.Of($"{found.Query}"), Html.Of($"{found.X0:F0}, {found.Y0:F0}"), Html.Of($"{found.X1 - found.X0:F0} × {found.Y1 - found.Y0:F0}"),
            ]),
        ];
        return new ReportSection(
            "Answers", ReportParts.Grid([ReportParts.Picture(DetectionFigure.Draw(image, detections), Html.Of($"What the explained queries answer")), ReportParts.Table(["object", "score", "query", "left, top", "width × height"], rows)]));
    }

    /// <summary>Pictures with what they show, one below the other.</summary>
    internal static ReportSection Figures(IReadOnlyList<(string Caption, RgbImage Figure)> figures)
        => new("Figures", Html.Join(figures.Select(pair => Html.Of($"<div class=\"sheet-figure\">{ReportParts.Picture(pair.Figure, Html.Of($"{pair.Caption}"))}</div>"))));

    internal static string Counted(int count, string noun) => FormattableString.Invariant($"{count} {noun}{(count == 1 ? string.Empty : "s")}");
}
