using Detr.Imaging;

namespace Detr.Figures;

/// <summary>Pictures of detections.</summary>
public static class DetectionFigure
{
    /// <summary>The picture with a box and a label for every detection.</summary>
    /// <param name="image">The picture; left as it is.</param>
    /// <param name="detections">The detections.</param>
    public static RgbImage Draw(RgbImage image, IReadOnlyList<Detection> detections)
    {
        RgbImage figure = ImageTransforms.Crop(image, 0, 0, image.Width, image.Height);
        Canvas canvas = new(figure);
        float unit = Math.Max(1f, Math.Min(image.Width, image.Height) / 300f);
        foreach (Detection detection in detections)
        {
            Rgb color = Palette.ForIndex(Math.Max(0, detection.LabelId));
            canvas.DrawRectangle(detection.X0, detection.Y0, detection.X1, detection.Y1, color, 1.5f * unit);
        }

        foreach (Detection detection in detections)
        {
            string text = FormattableString.Invariant($"{detection.Label} {detection.Score:P0}").Replace(" %", "%", StringComparison.Ordinal);
            canvas.DrawLabel(detection.X0, detection.Y0, text, Math.Max(9f, 7f * unit), Palette.ForIndex(Math.Max(0, detection.LabelId)));
        }

        return figure;
    }

    /// <summary>The picture, dimmed, under what a query attends to, with the query's box.</summary>
    /// <param name="image">The picture; left as it is.</param>
    /// <param name="detection">The query's detection.</param>
    /// <param name="attention">[rows, columns] of the feature map.</param>
    /// <param name="rows">The feature map's rows.</param>
    /// <param name="columns">The feature map's columns.</param>
    public static RgbImage DrawAttention(RgbImage image, Detection detection, ReadOnlySpan<float> attention, int rows, int columns)
    {
        RgbImage figure = ImageTransforms.Crop(image, 0, 0, image.Width, image.Height);
        Canvas canvas = new(figure);
        float largest = 0;
        foreach (float value in attention)
        {
            largest = Math.Max(largest, value);
        }

        float[] scaled = new float[attention.Length];
        for (int i = 0; i < scaled.Length; i++)
        {
            scaled[i] = largest > 0 ? attention[i] / largest : 0;
        }

        canvas.Overlay(scaled, columns, rows, 0, 0, image.Width, image.Height, ColorMaps.Ember, 0.65f);
        canvas.DrawRectangle(detection.X0, detection.Y0, detection.X1, detection.Y1, Rgb.White, 2f);
        return figure;
    }
}
