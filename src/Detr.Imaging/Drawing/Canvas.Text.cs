using System.Numerics;

namespace Detr.Imaging;

public sealed partial class Canvas
{
    private const float LargestText = 4096;

    /// <summary>The space that text takes.</summary>
    /// <param name="text">The text; a line feed starts a new line.</param>
    /// <param name="size">The em in pixels; capitals are about 0.7 of it high.</param>
    /// <param name="weight">Thickness of the pen: 1 is regular, 1.5 bold.</param>
    /// <returns>Width and height in pixels; nothing for text of a size that is not drawn.</returns>
    public static (float Width, float Height) MeasureText(string text, float size, float weight = 1)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!(size > 0 && size <= LargestText))
        {
            return (0, 0);
        }

        TextLayout layout = new(size, weight);
        float width = 0;
        int lines = 0;
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            width = MathF.Max(width, layout.Width(line));
            lines++;
        }

        return (width, lines * layout.LineHeight);
    }

    /// <summary>Writes text in the library's own typeface.</summary>
    /// <param name="x">The left end of the lines.</param>
    /// <param name="y">The top of the first line.</param>
    /// <param name="text">The text; a line feed starts a new line; a character the typeface lacks becomes a hollow box.</param>
    /// <param name="size">The em in pixels, at most 4096; best from 11 upwards.</param>
    /// <param name="color">The colour.</param>
    /// <param name="weight">Thickness of the pen: 1 is regular, 1.5 bold.</param>
    /// <param name="opacity">From 0 to 1.</param>
    public void DrawText(float x, float y, string text, float size, Rgb color, float weight = 1, float opacity = 1)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!(size > 0 && size <= LargestText && weight > 0))
        {
            return;
        }

        TextLayout layout = new(size, weight);
        float top = MathF.Round(y);
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            DrawTextLine(layout, x, top, line, color, opacity);
            top += layout.LineHeight;
        }
    }

    /// <summary>Writes text on a filled tag with round corners, such as a category on its box.</summary>
    /// <param name="x">Where the tag's left edge should be.</param>
    /// <param name="y">Where the tag's lower edge should be, such as a box's upper edge.</param>
    /// <param name="text">The text.</param>
    /// <param name="size">The em in pixels.</param>
    /// <param name="background">The tag's colour; the text is black or white, whichever reads better.</param>
    /// <param name="opacity">Of the tag, from 0 to 1.</param>
    /// <returns>
    /// The tag's edges. It is moved as far as needed to lie in the picture: below <paramref name="y"/> when there is no
    /// room above.
    /// </returns>
    public (float X0, float Y0, float X1, float Y1) DrawLabel(
        float x, float y, string text, float size, Rgb background, float opacity = 1)
    {
        if (!float.IsFinite(x) || !float.IsFinite(y))
        {
            return default;
        }

        (float textWidth, float textHeight) = MeasureText(text, size);
        float margin = MathF.Round(size * 0.35f);
        float width = MathF.Ceiling(textWidth) + 2 * margin;
        float left = MathF.Round(Math.Clamp(x, 0, MathF.Max(Image.Width - width, 0)));
        float top = y - textHeight >= 0 ? y - textHeight : y;
        top = MathF.Round(Math.Clamp(top, 0, MathF.Max(Image.Height - textHeight, 0)));
        FillRoundedRectangle(left, top, left + width, top + textHeight, size * 0.25f, background, opacity);
        DrawText(left + margin, top, text, size, background.ReadableInk);
        return (left, top, left + width, top + textHeight);
    }

    private void DrawTextLine(TextLayout layout, float x, float top, ReadOnlySpan<char> line, Rgb color, float opacity)
    {
        // Strokes stay inside the line's box but for the tips of brackets and overhangs.
        float reach = layout.LineHeight / 2;
        PixelBounds bounds = PixelBounds.Around(
            Image, x - reach, top - reach, x + layout.Width(line) + reach, top + layout.LineHeight + reach);
        if (bounds.IsEmpty)
        {
            return;
        }

        using CoverageMask mask = new(bounds);
        foreach (char character in line)
        {
            StrokeGlyph glyph = StrokeFont.Find(character);
            foreach (Vector2[] stroke in glyph.Strokes)
            {
                for (int i = 1; i < stroke.Length; i++)
                {
                    Vector2 from = layout.Place(stroke[i - 1], x, top + layout.Ascent);
                    Vector2 to = layout.Place(stroke[i], x, top + layout.Ascent);
                    mask.AddLine(Image, from, to, layout.PenRadius);
                }
            }

            x += layout.Width([character]);
        }

        Paint(mask, color, opacity);
    }
}
