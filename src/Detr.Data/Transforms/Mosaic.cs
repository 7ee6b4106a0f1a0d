using Detr.Imaging;
using Detr.Tensors;

namespace Detr.Data;

/// <summary>
/// Four pictures in one, around a random point: of each a part that fills its quarter (after Bochkovskiy et al. 2020, YOLOv4,
/// but without grey margins). On few photographs it shows objects smaller, in new company and cut at new places.
/// </summary>
/// <param name="Chance">How many training pictures become mosaics, from 0 to 1.</param>
/// <param name="LeastShare">An object of which less than this share of its area is left is dropped.</param>
/// <param name="MostObjects">With more objects than this it stays the first picture: a model finds no more than it has queries.</param>
public sealed record Mosaic(double Chance, double LeastShare = 0.25, int MostObjects = int.MaxValue)
{
    /// <summary>How many pictures make a mosaic.</summary>
    public const int Pictures = 4;

    // The point where the pictures meet keeps this share of a side away from the edges.
    private const double Margin = 0.3;

    /// <summary>Makes a mosaic as large as the first picture.</summary>
    /// <param name="samples">Four pictures with their objects.</param>
    /// <param name="random">All chance comes from here.</param>
    /// <exception cref="ArgumentException">There are not four pictures.</exception>
    public (RgbImage Image, BoxTargets Targets) Compose(IReadOnlyList<(RgbImage Image, BoxTargets Targets)> samples, RandomStream random)
    {
        if (samples.Count != Pictures)
        {
            throw new ArgumentException($"A mosaic is made of {Pictures} pictures, not of {samples.Count}.", nameof(samples));
        }

        (int width, int height) = (samples[0].Image.Width, samples[0].Image.Height);
        if (width < 2 || height < 2)
        {
            return samples[0];
        }

        int x = Meeting(width, random), y = Meeting(height, random);
        Canvas canvas = new(new RgbImage(width, height));
        List<int> labels = [];
        List<float> boxes = [];
        List<MaskTarget> masks = [];
        for (int i = 0; i < Pictures; i++)
        {
            (int left, int columns) = i % 2 == 0 ? (0, x) : (x, width - x);
            (int top, int rows) = i / 2 == 0 ? (0, y) : (y, height - y);
            (RgbImage part, BoxTargets targets) = Part(samples[i], columns, rows, random);
            canvas.DrawImage(part, left, top);
            labels.AddRange(targets.Labels);
            masks.AddRange(targets.Masks?.Select(mask => mask.Place(width, height, left, top, columns, rows)) ?? []);
            for (int j = 0; j < targets.Count; j++)
            {
                ReadOnlySpan<float> box = targets.Box(j);
                boxes.AddRange((left + (box[0] * columns)) / width, (top + (box[1] * rows)) / height, box[2] * columns / width, box[3] * rows / height);
            }
        }

        return labels.Count <= MostObjects
            ? (canvas.Image, new BoxTargets([.. labels], [.. boxes]) { Masks = samples[0].Targets.Masks is null ? null : masks })
            : samples[0];
    }

    private static int Meeting(int side, RandomStream random) => Math.Clamp((int)(side * (Margin + (random.NextDouble() * (1 - (2 * Margin))))), 1, side - 1);

    /// <summary>The largest part of a quarter's shape, at a random place, brought to the quarter's size.</summary>
    private (RgbImage Image, BoxTargets Targets) Part((RgbImage Image, BoxTargets Targets) sample, int columns, int rows, RandomStream random)
    {
        (RgbImage image, BoxTargets targets) = sample;
        double scale = Math.Max((double)columns / image.Width, (double)rows / image.Height);
        int width = Math.Clamp((int)Math.Round(columns / scale), 1, image.Width), height = Math.Clamp((int)Math.Round(rows / scale), 1, image.Height);
        int x = random.Next(image.Width - width + 1), y = random.Next(image.Height - height + 1);
        RgbImage part = ImageResizer.Resize(ImageTransforms.Crop(image, x, y, width, height), columns, rows);
        return (part, TargetBuilder.Crop(targets, image.Width, image.Height, x, y, width, height, LeastShare));
    }
}
