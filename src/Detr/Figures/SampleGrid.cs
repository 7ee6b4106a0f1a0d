using Detr.Data;
using Detr.Imaging;

namespace Detr.Figures;

/// <summary>Training pictures side by side with their boxes, as the model meets them: what augmentation does, and whether boxes fit.</summary>
public static class SampleGrid
{
    private const int Cell = 300;
    private const int Gap = 6;
    private const float LabelSize = 11;

    // Beyond this many objects each category is named once, or labels would hide the picture.
    private const int MostLabels = 10;

    /// <summary>Draws a grid.</summary>
    /// <param name="samples">The pictures with their objects; at least one.</param>
    /// <param name="categories">The kinds of object that labels count.</param>
    /// <param name="columns">Pictures in a row; at least 1.</param>
    /// <exception cref="ArgumentException">There is no picture.</exception>
    public static RgbImage Draw(IReadOnlyList<(RgbImage Image, BoxTargets Targets)> samples, IReadOnlyList<Category> categories, int columns = 4)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        if (samples.Count == 0)
        {
            throw new ArgumentException("A grid needs a picture.", nameof(samples));
        }

        columns = Math.Min(columns, samples.Count);
        int rows = (samples.Count + columns - 1) / columns;
        Canvas canvas = new(new RgbImage((columns * (Cell + Gap)) + Gap, (rows * (Cell + Gap)) + Gap));
        canvas.Clear(Rgb.White);
        for (int i = 0; i < samples.Count; i++)
        {
            RgbImage picture = Picture(samples[i].Image, samples[i].Targets, categories);
            int left = Gap + (i % columns * (Cell + Gap)), top = Gap + (i / columns * (Cell + Gap));
            canvas.DrawImage(picture, left + ((Cell - picture.Width) / 2), top + ((Cell - picture.Height) / 2));
        }

        return canvas.Image;
    }

    /// <summary>One picture brought to its cell's size, with boxes.</summary>
    private static RgbImage Picture(RgbImage image, BoxTargets targets, IReadOnlyList<Category> categories)
    {
        double scale = Math.Min((double)Cell / image.Width, (double)Cell / image.Height);
        RgbImage picture = ImageResizer.Resize(image, Math.Clamp((int)Math.Round(image.Width * scale), 1, Cell), Math.Clamp((int)Math.Round(image.Height * scale), 1, Cell));
        Canvas canvas = new(picture);
        HashSet<int> named = [];
        for (int i = 0; i < targets.Count; i++)
        {
            (float x0, float y0, float x1, float y1) = Edges(targets.Box(i), picture);
            canvas.DrawRectangle(x0, y0, x1, y1, Palette.ForIndex(targets.Labels[i]), 2);
        }

        for (int i = 0; i < targets.Count; i++)
        {
            int label = targets.Labels[i];
            if (named.Add(label) || targets.Count <= MostLabels)
            {
                (float x0, float y0, _, _) = Edges(targets.Box(i), picture);
                canvas.DrawLabel(x0, y0, categories[label].Name, LabelSize, Palette.ForIndex(label));
            }
        }

        return picture;
    }

    private static (float X0, float Y0, float X1, float Y1) Edges(ReadOnlySpan<float> box, RgbImage picture)
        => ((box[0] - (box[2] / 2)) * picture.Width, (box[1] - (box[3] / 2)) * picture.Height, (box[0] + (box[2] / 2)) * picture.Width, (box[1] + (box[3] / 2)) * picture.Height);
}
