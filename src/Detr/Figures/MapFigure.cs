using Detr.Explain;
using Detr.Imaging;

namespace Detr.Figures;

/// <summary>One map over the photograph that it is of.</summary>
public static class MapFigure
{
    private const int SmallestSide = 320;
    private const int LargestSide = 1024;

    /// <summary>Draws a map with its query's box, its name and its scale.</summary>
    /// <param name="image">The upright original; left as it is.</param>
    /// <param name="placement">Where the map's cells lie on it.</param>
    /// <param name="detection">What the query found.</param>
    /// <param name="map">[rows, columns] of the placement; numbers that are not finite leave the photograph bare.</param>
    /// <param name="description">What the map shows.</param>
    /// <exception cref="ArgumentException">The map is of another size.</exception>
    public static RgbImage Draw(RgbImage image, MapPlacement placement, Detection detection, ReadOnlySpan<float> map, MapDescription description)
    {
        MapScale scale = MapScale.Of(map);
        int side = Math.Clamp(Math.Max(image.Width, image.Height), SmallestSide, LargestSide);
        FigurePicture picture = new FigurePicture(image, side).Under(map, placement, scale).Box(detection, PanelGrid.BoxColor);
        return PanelGrid.Draw(
            $"{FigureText.Name(detection)}\n{description}", [[new(picture.Image, string.Empty)]], scale.Legend($"{description.Method}, {FigureText.Largest(scale)}"), [(PanelGrid.BoxColor, "box of the query")]);
    }
}
