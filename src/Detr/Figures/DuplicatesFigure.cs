using Detr.Explain;
using Detr.Imaging;

namespace Detr.Figures;

/// <summary>Detections at a low threshold beside what their queries looked at: near-duplicates stand together, the surest first.</summary>
public static class DuplicatesFigure
{
    private const int Side = 200;
    private const int Columns = 5;

    // Two boxes of a category that overlap so much are taken for one object.
    private const double SameObject = 0.5;

    /// <summary>Draws the figure.</summary>
    /// <param name="image">The upright original; left as it is.</param>
    /// <param name="placement">Where the maps' cells lie on it.</param>
    /// <param name="queries">Each detection above a low threshold with its query's map, [rows, columns] of the placement; may be none.</param>
    /// <param name="description">What the maps show.</param>
    /// <exception cref="ArgumentException">A map is of another size.</exception>
    public static RgbImage Draw(
        RgbImage image, MapPlacement placement, IReadOnlyList<(Detection Detection, ReadOnlyMemory<float> Map)> queries, MapDescription description)
    {
        FigurePicture photograph = new(image, Side);
        ILookup<bool, IReadOnlyList<int>> groups = Groups([.. queries.Select(query => query.Detection)]).ToLookup(group => group.Count > 1);
        IReadOnlyList<PanelGrid.Panel>[] rows =
        [
            .. groups[true].SelectMany(group => PanelGrid.InRows(group.Select(i => Panel(queries[i].Detection, queries[i].Map.Span, queries[group[0]].Detection)), Columns)),
            .. PanelGrid.InRows(groups[false].Select(group => Panel(queries[group[0]].Detection, queries[group[0]].Map.Span, queries[group[0]].Detection)), Columns),
        ];
        return PanelGrid.Draw(
            $"{description}\ndetections of one category that overlap the surest of them by half or more begin a row of their own; then those without such neighbours", rows, FigureText.EachScale(description.Method), [(PanelGrid.BoxColor, "box of the query")]);

        PanelGrid.Panel Panel(Detection detection, ReadOnlySpan<float> map, Detection surest)
        {
            MapScale scale = MapScale.Of(map);
            string overlap = ReferenceEquals(detection, surest) ? string.Empty : FormattableString.Invariant($" · IoU {detection.Box.IntersectionOverUnion(surest.Box, isCrowd: false):0.00} with query {surest.Query}");
            return new(photograph.Copy().Under(map, placement, scale).Box(detection, PanelGrid.BoxColor).Image, $"{FigureText.Name(detection)}\n{FigureText.Largest(scale)}{overlap}");
        }
    }

    /// <summary>Detections that are taken for one object, by their places: the surest of each group first, the largest groups first.</summary>
    /// <param name="detections">The detections.</param>
    internal static IReadOnlyList<IReadOnlyList<int>> Groups(IReadOnlyList<Detection> detections)
    {
        List<List<int>> groups = [];
        foreach (int i in Enumerable.Range(0, detections.Count).OrderByDescending(i => detections[i].Score))
        {
            if (groups.Find(group => detections[group[0]].LabelId == detections[i].LabelId
                && detections[i].Box.IntersectionOverUnion(detections[group[0]].Box, isCrowd: false) >= SameObject) is { } same)
            {
                same.Add(i);
            }
            else
            {
                groups.Add([i]);
            }
        }

        return [.. groups.OrderByDescending(group => group.Count)];
    }
}
