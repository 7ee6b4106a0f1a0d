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
}
