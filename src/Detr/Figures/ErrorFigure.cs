using Detr.Data.Evaluation;
using Detr.Imaging;

namespace Detr.Figures;

/// <summary>A picture with its true boxes and what was detected, each in the colour of whether they found each other.</summary>
public static class ErrorFigure
{
    private const float TextSize = 13;
    private const int LongestName = 28;

    /// <summary>The colours, which stay apart for those who see colours differently (Okabe and Ito), with what they mean.</summary>
    public static IReadOnlyList<(Rgb Color, string Meaning)> Legend =>
    [
        (FoundColor, "object, found"), (RightColor, "detection of it"), (MissedColor, "object, missed"), (WrongColor, "detection, wrong"),
    ];

    private static Rgb FoundColor => new(0, 158, 115);

    private static Rgb RightColor => new(86, 180, 233);

    private static Rgb MissedColor => new(240, 228, 66);

    private static Rgb WrongColor => new(213, 94, 0);

    /// <summary>Draws a picture.</summary>
    /// <param name="image">The picture; left as it is.</param>
    /// <param name="boxes">What is on it and what was detected.</param>
    /// <param name="nameOf">What a category is called.</param>
    /// <param name="side">Pixels along the figure's longer side.</param>
    /// <param name="about">The error that the figure is about, drawn thicker; null for none.</param>
    public static RgbImage Draw(RgbImage image, SortedDetections boxes, Func<int, string> nameOf, int side, DetectionError? about = null)
    {
        float scale = (float)side / Math.Max(image.Width, image.Height);
        RgbImage figure = ImageResizer.Resize(image, Math.Max(1, (int)MathF.Round(image.Width * scale)), Math.Max(1, (int)MathF.Round(image.Height * scale)));
        Canvas canvas = new(figure);
        Draw(canvas, boxes.Found.Select(item => (item.Box, false)), FoundColor, scale);
        Draw(canvas, boxes.Right.Select(item => (item.Box, false)), RightColor, scale);
        Draw(canvas, boxes.Missed.Select(item => (item.Box, item == about?.Object)), MissedColor, scale);
        Draw(canvas, boxes.Wrong.Select(item => (item.Box, item == about?.Detection)), WrongColor, scale);

        // Where one error is looked at, the names of the others would hide it.
        foreach (DetectionResult detection in boxes.Right.Where(_ => about is null))
        {
            Label(detection, RightColor);
        }

        foreach (TrueObject item in boxes.Missed.Where(item => about is null || item == about.Object))
        {
            canvas.DrawLabel((float)item.Box.X * scale, ((float)(item.Box.Y + item.Box.Height) * scale) + (TextSize * 1.5f), Shortened(nameOf(item.CategoryId), LongestName), TextSize, MissedColor);
        }

        foreach (DetectionResult detection in boxes.Wrong.Where(item => about is null || item == about.Detection))
        {
            Label(detection, WrongColor);
        }

        return figure;

        void Label(in DetectionResult detection, Rgb color) => canvas.DrawLabel(
            (float)detection.Box.X * scale, (float)detection.Box.Y * scale, FormattableString.Invariant($"{Shortened(nameOf(detection.CategoryId), LongestName)} {detection.Score:0.00}"), TextSize, color);
    }

    /// <summary>A name that is cut off where it is too long.</summary>
    internal static string Shortened(string name, int longest) => name.Length <= longest ? name : $"{name.AsSpan(0, longest - 1)}…";

    /// <summary>Boxes on a dark rim, so that they stand out on any ground.</summary>
    private static void Draw(Canvas canvas, IEnumerable<(ResultBox Box, bool IsMain)> boxes, Rgb color, float scale)
    {
        foreach ((ResultBox box, bool isMain) in boxes)
        {
            (float x0, float y0, float x1, float y1) = ((float)box.X * scale, (float)box.Y * scale, (float)(box.X + box.Width) * scale, (float)(box.Y + box.Height) * scale);
            float thickness = isMain ? 5 : 2;
            canvas.DrawRectangle(x0, y0, x1, y1, Rgb.Black, thickness + 2, 0.55f);
            canvas.DrawRectangle(x0, y0, x1, y1, color, thickness);
        }
    }
}
