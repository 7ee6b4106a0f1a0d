using Detr.Explain;
using Detr.Imaging;

namespace Detr.Figures;

/// <summary>
/// Where a query of a deformable attention samples (as Zhu et al. 2021, figure 6): all heads' points of the last layer over the photograph and close
/// to the object, then layer by layer, then the last layer's level by level. Colour and area of a dot say what its point weighs.
/// </summary>
public static class SamplingFigure
{
    private const int LargeSide = 560;
    private const int SmallSide = 190;
    private const int PanelsInARow = 6;

    /// <summary>The colour of what samples are placed by, which is not among the scale's.</summary>
    private static readonly Rgb ReferenceColor = new(110, 255, 120);

    /// <summary>Draws the figure.</summary>
    /// <param name="image">The upright original; left as it is.</param>
    /// <param name="detection">What the object query found.</param>
    /// <param name="layers">For each layer the points of the query or, of the encoder's layers, of a cell; may be none.</param>
    /// <param name="levels">Rows and columns of each level over the whole picture, the finest first.</param>
    /// <param name="kind">Which attention it is: <see cref="AttentionKind.DecoderCross"/> or <see cref="AttentionKind.EncoderSelf"/>.</param>
    /// <exception cref="ArgumentException">A layer has points on more or fewer levels.</exception>
    public static RgbImage Draw(
        RgbImage image, Detection detection, IReadOnlyList<SamplingPoints> layers, IReadOnlyList<(int Height, int Width)> levels, AttentionKind kind)
    {
        if (layers.FirstOrDefault(layer => layer.Levels != levels.Count) is { } other)
        {
            throw new ArgumentException($"Points on {other.Levels} levels are not among {levels.Count} of them.", nameof(layers));
        }

        MapScale scale = MapScale.Of(layers.SelectMany(layer => layer.Weights).ToArray());
        string who = kind == AttentionKind.EncoderSelf ? "the cell in the middle of the box" : "the query";
        string title = $"{FigureText.Name(detection)}\n{kind.Title()}: where {who} samples";
        List<IReadOnlyList<PanelGrid.Panel>> rows = layers.Count > 0 ? Rows(new PictureRegion(image), PictureRegion.Around(image, detection), detection, layers, levels, scale) : [];
        string reference = kind == AttentionKind.EncoderSelf ? "the cell" : layers.Any(layer => layer.Reference(0).Length == 4) ? "reference box" : "reference point";
        return PanelGrid.Draw(title, rows, scale.Legend("attention weight of a point"), [(PanelGrid.BoxColor, "box of the query"), (ReferenceColor, reference)], columns: false);
    }

    private static List<IReadOnlyList<PanelGrid.Panel>> Rows(
        PictureRegion whole, PictureRegion near, Detection detection, IReadOnlyList<SamplingPoints> layers, IReadOnlyList<(int Height, int Width)> levels, MapScale scale)
    {
        (int last, SamplingPoints points) = (layers.Count - 1, layers[^1]);
        FigurePicture small = near.Picture(SmallSide);
        string sizes = FormattableString.Invariant($"{points.Heads} heads × {points.Levels} levels × {points.Points} points");
        List<PanelGrid.Panel> large = [new(Panel(whole, whole.Picture(LargeSide), points, LargeSide), FormattableString.Invariant($"layer {last}: {sizes}\n{Where(points, detection, whole)}"))];
        if (near != whole)
        {
            large.Add(new(Panel(near, near.Picture(LargeSide), points, LargeSide), FormattableString.Invariant($"layer {last}, close to the object")));
        }

        List<PanelGrid.Panel> parts = [];
        if (layers.Count > 1)
        {
            parts.AddRange(layers.Select((layer, i) => new PanelGrid.Panel(Panel(near, small.Copy(), layer, SmallSide), FormattableString.Invariant($"layer {i}\n{InBox(layer, detection, whole)}"))));
        }

        if (levels.Count > 1)
        {
            parts.AddRange(levels.Select((size, level) => new PanelGrid.Panel(
                Panel(near, small.Copy(), points, SmallSide, level), FormattableString.Invariant($"layer {last}, level {level}: {size.Height} × {size.Width} cells\n{FigureText.Percent(points.ShareOfLevel(level))} of the weight"))));
        }

        return [large, .. PanelGrid.InRows(parts, PanelsInARow)];

        RgbImage Panel(PictureRegion region, FigurePicture picture, SamplingPoints points, int side, int? level = null)
        {
            picture.Box(region.Shift(detection), PanelGrid.BoxColor);
            Reference(picture, region, points, side);
            return Dots(picture, region, points, scale, side, level).Image;
        }
    }

    /// <summary>The dots of all levels or of one, the heaviest last, so that none hides it.</summary>
    private static FigurePicture Dots(FigurePicture picture, PictureRegion region, SamplingPoints points, MapScale scale, int side, int? level)
    {
        (float largest, float least) = (side / 50f, Math.Max(1, side / 300f));
        foreach (int point in Enumerable.Range(0, points.Count).Where(point => points.Weights[point] > 0 && (level is null || points.LevelOf(point) == level)).OrderBy(point => points.Weights[point]))
        {
            (float x, float y) = points.Location(point);
            if (x is >= 0 and <= 1 && y is >= 0 and <= 1)
            {
                float share = scale.Share(points.Weights[point]);
                (double pixelX, double pixelY) = region.Pixel(x, y);
                picture.Dot(pixelX, pixelY, Math.Max(least, largest * MathF.Sqrt(share)), scale.Colors[share]);
            }
        }

        return picture;
    }

    private static void Reference(FigurePicture picture, PictureRegion region, SamplingPoints points, int side)
    {
        float[] reference = points.ReferenceInPixels(region.Image.Width, region.Image.Height);
        if (reference is [float left, float top, float right, float bottom])
        {
            picture.Box(left - region.Left, top - region.Top, right - region.Left, bottom - region.Top, ReferenceColor, 1);
            reference = [(left + right) / 2, (top + bottom) / 2];
        }

        if (reference is [float x, float y])
        {
            picture.Cross(x - region.Left, y - region.Top, Math.Max(4, side / 60f), ReferenceColor);
        }
    }

    private static string Where(SamplingPoints points, Detection detection, PictureRegion whole)
        => $"{InBox(points, detection, whole)}, {FigureText.Percent(points.ShareOutside())} outside the picture";

    private static string InBox(SamplingPoints points, Detection detection, PictureRegion whole)
        => $"{FigureText.Percent(points.ShareInBox(detection, whole.Image.Width, whole.Image.Height))} of the weight in the box";
}
