namespace Detr.Imaging;

/// <summary>The legend of a colour map: a bar of its colours above the numbers that they stand for.</summary>
/// <param name="Map">The colours.</param>
/// <param name="Low">The number of the first colour.</param>
/// <param name="High">The number of the last colour.</param>
/// <param name="Label">What the numbers are; stands above the bar, and may be empty.</param>
public sealed record ColorScale(ColorMap Map, double Low, double High, string Label)
{
    private const float TextSize = 12;
    private const float BarHeight = 12;
    private const float MarkLength = 3;
    private const int RoomOfAMark = 70;
    private static readonly Rgb _ink = new(40, 44, 52);
    private static readonly Rgb _quietInk = new(96, 102, 112);

    /// <summary>What stands below the ends in place of numbers, where these differ from picture to picture.</summary>
    public (string Low, string High)? Ends { get; init; }

    /// <summary>Rows that it takes.</summary>
    public int Height => (int)MathF.Ceiling(BarTop + BarHeight + MarkLength + LineHeight);

    private static float LineHeight => Canvas.MeasureText("0", TextSize).Height;

    private float BarTop => Label.Length > 0 ? LineHeight + 2 : 0;

    /// <summary>Draws the scale alone, on white.</summary>
    /// <param name="width">Pixels in a row; at least 1, well-looking from about 150.</param>
    public RgbImage Render(int width)
    {
        Canvas canvas = new(new RgbImage(width, Height));
        canvas.Clear(Rgb.White);
        Draw(canvas, 0, 0, width);
        return canvas.Image;
    }

    /// <summary>Draws the scale into a figure.</summary>
    /// <param name="canvas">The figure.</param>
    /// <param name="x">The bar's left end, in whole pixels.</param>
    /// <param name="y">The scale's top.</param>
    /// <param name="width">The bar's length; nothing is drawn below 1.</param>
    public void Draw(Canvas canvas, int x, int y, int width)
    {
        ArgumentNullException.ThrowIfNull(canvas);
        if (width < 1)
        {
            return;
        }

        canvas.DrawText(x, y, Label, TextSize, _ink);
        float top = MathF.Round(y + BarTop), bottom = top + BarHeight;
        for (int i = 0; i < width; i++)
        {
            canvas.FillRectangle(x + i, top, x + i + 1, bottom, Map[i / MathF.Max(width - 1, 1)]);
        }

        foreach ((float place, string text) in Marks(width))
        {
            float at = MathF.Round(x + (place * (width - 1)));
            canvas.FillRectangle(at, bottom, at + 1, bottom + MarkLength, _quietInk);

            // The outermost numbers stay over the bar, so that a scale is as wide as it says.
            float length = Canvas.MeasureText(text, TextSize).Width;
            canvas.DrawText(Math.Clamp(at - (length / 2), x, MathF.Max(x + width - length, x)), bottom + MarkLength, text, TextSize, _quietInk);
        }
    }

    private IEnumerable<(float Place, string Text)> Marks(int width)
    {
        if (Ends is { } ends)
        {
            return [(0, ends.Low), (1, ends.High)];
        }

        // One number has no scale; its colour is the whole bar's, whatever the axis around it.
        AxisScale axis = new([Low, High], Math.Max(width / RoomOfAMark, 1), toMarks: false);
        return Low < High
            ? axis.Marks.Select(mark => ((float)axis.Position(mark), axis.Format(mark)))
            : [(0, axis.Format(Low))];
    }
}
