using System.Globalization;

namespace Detr.Imaging;

/// <summary>Horizontal bars with a label before and a number behind each, such as the objects of every category.</summary>
/// <param name="Title">Above the bars; may be empty.</param>
/// <param name="Bars">The bars from top to bottom; none gives the title alone.</param>
public sealed record BarChart(string Title, IReadOnlyList<Bar> Bars)
{
    private const float TitleSize = 17;
    private const float TextSize = 13;
    private const float Gap = 8;
    private const float LargestLabelShare = 0.4f;
    private const string Ellipsis = "...";
    private static readonly Rgb _ink = new(40, 44, 52);
    private static readonly Rgb _quietInk = new(96, 102, 112);

    /// <summary>Rows of the rendered chart.</summary>
    public int Height => (int)MathF.Ceiling((Title.Length > 0 ? TitleHeight + Gap : 0) + Bars.Count * RowHeight + 2 * Gap);

    private static float RowHeight => MathF.Ceiling(Canvas.MeasureText("0", TextSize).Height + 2);

    private static float TitleHeight => Canvas.MeasureText("0", TitleSize).Height;

    /// <summary>Draws the chart, as high as its bars need.</summary>
    /// <param name="width">Pixels in a row; at least 1, well-looking from about 300.</param>
    /// <exception cref="ArgumentOutOfRangeException">The width is below 1, or the bars need more rows than a picture has.</exception>
    public RgbImage Render(int width)
    {
        Canvas canvas = new(new RgbImage(width, Height));
        canvas.Clear(Rgb.White);
        float y = Gap;
        if (Title.Length > 0)
        {
            canvas.DrawText(Gap, y, Title, TitleSize, _ink, weight: 1.3f);
            y += TitleHeight + Gap;
        }

        if (Bars.Count == 0)
        {
            return canvas.Image;
        }

        string[] labels = [.. Bars.Select(bar => Fitting(bar.Label, width * LargestLabelShare))], numbers = [.. Bars.Select(bar => bar.Value.ToString("#,0.##", CultureInfo.InvariantCulture))];
        float left = MathF.Ceiling(2 * Gap + labels.Max(Width)), right = width - 2 * Gap - numbers.Max(Width);
        double longest = Bars.Max(bar => double.IsFinite(bar.Value) ? bar.Value : 0);
        for (int i = 0; i < Bars.Count; i++, y += RowHeight)
        {
            canvas.DrawText(left - Gap - Width(labels[i]), y, labels[i], TextSize, _ink);
            float end = left;
            if (Bars[i].Value > 0 && right > left)
            {
                // The least number, too, is seen.
                end = left + MathF.Max(1, (float)(Math.Min(Bars[i].Value / longest, 1) * (right - left)));
                canvas.FillRectangle(left, y + 2, end, y + RowHeight - 2, Bars[i].Color);
            }

            canvas.DrawText(end + Gap / 2, y, numbers[i], TextSize, _quietInk);
        }

        return canvas.Image;
    }

    private static float Width(string text) => Canvas.MeasureText(text, TextSize).Width;

    /// <summary>As much of a text's beginning as there is room for.</summary>
    private static string Fitting(string text, float room)
    {
        if (Width(text) <= room)
        {
            return text;
        }

        int kept = text.Length - 1;
        while (kept > 0 && Width(text[..kept] + Ellipsis) > room)
        {
            kept--;
        }

        return text[..kept] + Ellipsis;
    }
}
