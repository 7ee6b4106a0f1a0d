using Detr.Data;
using Detr.Imaging;
using Detr.Models;

namespace Detr.Figures;

/// <summary>Pictures of panoptic segmentations: every segment tinted, outlined and named.</summary>
public static class SegmentationFigure
{
    private const float ThingOpacity = 0.55f;
    private const float StuffOpacity = 0.45f;
    private const float VoidOpacity = 0.5f;
    private const float OutlineOpacity = 0.85f;
    private const float GreyShare = 0.35f;

    /// <summary>
    /// The picture under its segments. Each thing has a colour of its own, so that two of a kind can be told apart; a sort of stuff always
    /// has the same muted one; what belongs to nothing is darkened.
    /// </summary>
    /// <param name="image">The picture; left as it is.</param>
    /// <param name="segmentation">Its segments.</param>
    /// <param name="categories">What their categories are called, and which are things.</param>
    /// <exception cref="ArgumentException">The segmentation is of a picture of another size.</exception>
    public static RgbImage Draw(RgbImage image, PanopticSegmentation segmentation, IReadOnlyList<Category> categories)
    {
        PanopticMap map = segmentation.Map;
        if (map.Width != image.Width || map.Height != image.Height)
        {
            throw new ArgumentException($"Segments of {map.Width} × {map.Height} pixels are not of a picture of {image.Width} × {image.Height}.", nameof(segmentation));
        }

        Dictionary<int, (Rgb Color, float Opacity)> tints = new() { [PanopticMap.Void] = (Rgb.Black, VoidOpacity) };
        int things = 0;
        foreach (PanopticSegment segment in segmentation.Segments)
        {
            tints[segment.Id] = CategoryOf(segment).IsThing
                ? (Palette.ForIndex(things++), ThingOpacity)
                : (Palette.ForIndex(Math.Abs(segment.CategoryId)).Mix(new Rgb(128, 128, 128), GreyShare), StuffOpacity);
        }

        RgbImage figure = ImageTransforms.Crop(image, 0, 0, image.Width, image.Height);
        Tint(figure, map, tints);
        Canvas canvas = new(figure);
        float unit = Math.Max(1f, Math.Min(image.Width, image.Height) / 300f);
        Outline(canvas, map, unit);
        int[] depths = SegmentDepth.Measure(map);
        foreach (PanopticSegment segment in segmentation.Segments)
        {
            Category category = CategoryOf(segment);
            (int x, int y) = SegmentDepth.Deepest(map, depths, segment);
            string score = segment.Score is { } value ? FormattableString.Invariant($" {100 * value:F0}%") : string.Empty;
            string text = category.IsThing ? category.Name + score : category.Name;
            float size = Math.Max(9f, 7f * unit);
            (float width, float height) = Canvas.MeasureText(text, size);
            canvas.DrawLabel(x + 0.5f - (width / 2) - MathF.Round(size * 0.35f), y + 0.5f + (height / 2), text, size, tints[segment.Id].Color);
        }

        return figure;

        Category CategoryOf(PanopticSegment segment) => PostProcess.CategoryOfId(segment.CategoryId, categories);
    }

    private static void Tint(RgbImage figure, PanopticMap map, Dictionary<int, (Rgb Color, float Opacity)> tints)
    {
        for (int y = 0; y < map.Height; y++)
        {
            ReadOnlySpan<int> ids = map.Row(y);
            Span<byte> row = figure.Row(y);
            (int id, (Rgb Color, float Opacity) tint) = (ids[0], tints[ids[0]]);
            for (int x = 0; x < ids.Length; x++)
            {
                if (ids[x] != id)
                {
                    (id, tint) = (ids[x], tints[ids[x]]);
                }

                Rgb mixed = new Rgb(row[3 * x], row[(3 * x) + 1], row[(3 * x) + 2]).Mix(tint.Color, tint.Opacity);
                (row[3 * x], row[(3 * x) + 1], row[(3 * x) + 2]) = (mixed.R, mixed.G, mixed.B);
            }
        }
    }

    /// <summary>A light line along every border between segments.</summary>
    private static void Outline(Canvas canvas, PanopticMap map, float thickness)
    {
        for (int y = 0; y < map.Height; y++)
        {
            ReadOnlySpan<int> row = map.Row(y), below = map.Row(Math.Min(y + 1, map.Height - 1));
            for (int x = 0; x < map.Width; x++)
            {
                if (row[x] != row[Math.Min(x + 1, map.Width - 1)] || row[x] != below[x])
                {
                    canvas.FillRectangle(x + 1 - (thickness / 2), y + 1 - (thickness / 2), x + 1 + (thickness / 2), y + 1 + (thickness / 2), Rgb.White, OutlineOpacity);
                }
            }
        }
    }
}
