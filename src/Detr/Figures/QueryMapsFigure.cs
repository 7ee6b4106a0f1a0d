using Detr.Explain;
using Detr.Imaging;

namespace Detr.Figures;

/// <summary>What every kept query looks at, above the box and class that it answers with (Carion et al. 2020, figure 6, and the reference's notebooks).</summary>
public static class QueryMapsFigure
{
    private const int Side = 220;
    private const int Columns = 5;

    /// <summary>Draws the figure.</summary>
    /// <param name="image">The upright original; left as it is.</param>
    /// <param name="placement">Where the maps' cells lie on it.</param>
    /// <param name="queries">Each kept detection with its query's map, [rows, columns] of the placement; may be none.</param>
    /// <param name="description">What the maps show.</param>
    /// <exception cref="ArgumentException">A map is of another size.</exception>
    public static RgbImage Draw(
        RgbImage image, MapPlacement placement, IReadOnlyList<(Detection Detection, ReadOnlyMemory<float> Map)> queries, MapDescription description)
    {
        FigurePicture photograph = new(image, Side);
        List<IReadOnlyList<PanelGrid.Panel>> rows = [];
        foreach ((Detection Detection, ReadOnlyMemory<float> Map)[] line in queries.Chunk(Columns))
        {
            rows.Add([.. line.Select(query => Looked(photograph, placement, query.Detection, query.Map.Span))]);
            rows.Add([.. line.Select(query => Found(photograph, query.Detection))]);
        }

        return PanelGrid.Draw(description.ToString(), rows, FigureText.EachScale(description.Method));
    }

    private static PanelGrid.Panel Looked(FigurePicture photograph, MapPlacement placement, Detection detection, ReadOnlySpan<float> map)
    {
        MapScale scale = MapScale.Of(map);
        return new(photograph.Copy().Under(map, placement, scale).Image, FormattableString.Invariant($"query {detection.Query} · {FigureText.Largest(scale)}"));
    }

    private static PanelGrid.Panel Found(FigurePicture photograph, Detection detection)
        => new(photograph.Copy().Box(detection, Palette.ForIndex(Math.Max(0, detection.LabelId))).Image, FigureText.Name(detection));
}
