using Detr.Explain;
using Detr.Imaging;

namespace Detr.Figures;

/// <summary>All maps of one query: a row for each layer, a column for each head and one for their mean.</summary>
public static class LayerHeadFigure
{
    private const int Side = 130;

    /// <summary>Draws the figure.</summary>
    /// <param name="image">The upright original; left as it is.</param>
    /// <param name="placement">Where the maps' cells lie on it.</param>
    /// <param name="detection">What the query found.</param>
    /// <param name="maps">For each layer the map of each head, [rows, columns] of the placement; may be none.</param>
    /// <param name="method">What the maps show, such as <c>decoder cross-attention</c>.</param>
    /// <exception cref="ArgumentException">A map is of another size.</exception>
    public static RgbImage Draw(
        RgbImage image, MapPlacement placement, Detection detection, IReadOnlyList<IReadOnlyList<ReadOnlyMemory<float>>> maps, string method)
    {
        FigurePicture photograph = new(image, Side);
        List<IReadOnlyList<PanelGrid.Panel>> rows = [];
        for (int layer = 0; layer < maps.Count; layer++)
        {
            List<PanelGrid.Panel> row = [.. maps[layer].Select((map, head) => Panel(map.Span, FormattableString.Invariant($"layer {layer}, head {head}")))];
            if (maps[layer].Count > 1)
            {
                row.Add(Panel(Mean(maps[layer], placement), FormattableString.Invariant($"layer {layer}, mean of heads")));
            }

            rows.Add(row);
        }

        return PanelGrid.Draw($"{FigureText.Name(detection)}\n{method}", rows, FigureText.EachScale(method), [(PanelGrid.BoxColor, "box of the query")]);

        PanelGrid.Panel Panel(ReadOnlySpan<float> map, string name)
        {
            MapScale scale = MapScale.Of(map);
            return new(photograph.Copy().Under(map, placement, scale).Box(detection, PanelGrid.BoxColor).Image, $"{name}\n{FigureText.Largest(scale)}");
        }
    }

    private static float[] Mean(IReadOnlyList<ReadOnlyMemory<float>> heads, MapPlacement placement)
    {
        float[] mean = new float[placement.Rows * placement.Columns];
        foreach (ReadOnlyMemory<float> head in heads)
        {
            placement.Require(head.Span);
            for (int i = 0; i < mean.Length; i++)
            {
                mean[i] += head.Span[i] / heads.Count;
            }
        }

        return mean;
    }
}
