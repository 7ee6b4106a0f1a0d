namespace Detr.Imaging;

public sealed partial class Canvas
{
    /// <summary>Copies a picture into this one.</summary>
    /// <param name="picture">The picture to copy; not the canvas's own.</param>
    /// <param name="x">Where its left column goes; may lie outside.</param>
    /// <param name="y">Where its top row goes; may lie outside.</param>
    /// <param name="opacity">From 0 to 1.</param>
    public void DrawImage(RgbImage picture, int x, int y, float opacity = 1)
    {
        ArgumentNullException.ThrowIfNull(picture);
        float strength = MathF.Min(opacity, 1);
        int left = Math.Max(x, 0);
        int right = (int)Math.Min((long)x + picture.Width, Image.Width);
        int bottom = (int)Math.Min((long)y + picture.Height, Image.Height);
        if (left >= right || !(strength > 0))
        {
            return;
        }

        for (int row = Math.Max(y, 0); row < bottom; row++)
        {
            ReadOnlySpan<byte> source = picture.Row(row - y).Slice((left - x) * 3, (right - left) * 3);
            Span<byte> target = Image.Row(row).Slice(left * 3, source.Length);
            if (strength == 1)
            {
                source.CopyTo(target);
                continue;
            }

            for (int i = 0; i < source.Length; i++)
            {
                target[i] = Rgb.Blend(target[i], source[i], strength);
            }
        }
    }

    /// <summary>Copies a picture into this one at another size.</summary>
    /// <param name="picture">The picture to copy; not the canvas's own.</param>
    /// <param name="x">Where its left column goes; may lie outside.</param>
    /// <param name="y">Where its top row goes; may lie outside.</param>
    /// <param name="width">Columns to fill; at least 1.</param>
    /// <param name="height">Rows to fill; at least 1.</param>
    /// <param name="opacity">From 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side is below 1, or too large for a picture.</exception>
    public void DrawImage(RgbImage picture, int x, int y, int width, int height, float opacity = 1) =>
        DrawImage(ImageResizer.Resize(picture, width, height), x, y, opacity);

    /// <summary>Tints the pixels of a mask, such as an object's segment.</summary>
    /// <param name="mask">Which pixels to tint, [maskHeight, maskWidth].</param>
    /// <param name="maskWidth">Pixels in a row of the mask.</param>
    /// <param name="maskHeight">Rows of the mask.</param>
    /// <param name="x">Where the mask's left column goes; may lie outside.</param>
    /// <param name="y">Where its top row goes; may lie outside.</param>
    /// <param name="color">The colour.</param>
    /// <param name="opacity">From 0 to 1.</param>
    /// <exception cref="ArgumentException">The mask's size and the count of its pixels differ.</exception>
    public void FillMask(
        ReadOnlySpan<bool> mask, int maskWidth, int maskHeight, int x, int y, Rgb color, float opacity = 0.5f)
    {
        RequireSize(mask.Length, maskWidth, maskHeight, nameof(mask));
        float strength = MathF.Min(opacity, 1);
        int left = Math.Max(x, 0);
        int right = (int)Math.Min((long)x + maskWidth, Image.Width);
        int bottom = (int)Math.Min((long)y + maskHeight, Image.Height);
        for (int row = Math.Max(y, 0); row < bottom; row++)
        {
            ReadOnlySpan<bool> chosen = mask.Slice((row - y) * maskWidth, maskWidth);
            Span<byte> pixels = Image.Row(row);
            for (int column = left; column < right; column++)
            {
                if (chosen[column - x])
                {
                    Blend(pixels.Slice(column * 3, 3), color, strength);
                }
            }
        }
    }

    /// <summary>Lays a map of numbers over part of the picture as colours, stretched smoothly.</summary>
    /// <param name="map">Numbers from 0 to 1, [mapHeight, mapWidth]; those that are not a number leave the picture bare.</param>
    /// <param name="mapWidth">Numbers in a row of the map.</param>
    /// <param name="mapHeight">Rows of the map.</param>
    /// <param name="x0">The left edge of the map.</param>
    /// <param name="y0">The upper edge of the map.</param>
    /// <param name="x1">The right edge of the map.</param>
    /// <param name="y1">The lower edge of the map.</param>
    /// <param name="colors">The colour of every number.</param>
    /// <param name="opacity">From 0 to 1.</param>
    /// <exception cref="ArgumentException">The map's size and the count of its numbers differ.</exception>
    public void Overlay(
        ReadOnlySpan<float> map,
        int mapWidth,
        int mapHeight,
        float x0,
        float y0,
        float x1,
        float y1,
        ColorMap colors,
        float opacity = 0.5f)
    {
        ArgumentNullException.ThrowIfNull(colors);
        RequireSize(map.Length, mapWidth, mapHeight, nameof(map));
        BoxCoverage box = new(x0, y0, x1, y1);
        PixelBounds bounds = PixelBounds.Around(Image, x0, y0, x1, y1);
        float strength = MathF.Min(opacity, 1);
        for (int y = bounds.Top; y < bounds.Bottom; y++)
        {
            (int top, int below, float down) = Between((y + 0.5f - y0) / (y1 - y0), mapHeight);
            ReadOnlySpan<float> upper = map.Slice(top * mapWidth, mapWidth);
            ReadOnlySpan<float> lower = map.Slice(below * mapWidth, mapWidth);
            Span<byte> row = Image.Row(y);
            for (int x = bounds.Left; x < bounds.Right; x++)
            {
                (int left, int right, float across) = Between((x + 0.5f - x0) / (x1 - x0), mapWidth);
                float value = float.Lerp(
                    float.Lerp(upper[left], upper[right], across), float.Lerp(lower[left], lower[right], across), down);
                if (!float.IsNaN(value))
                {
                    Blend(row.Slice(x * 3, 3), colors[value], box.At(x + 0.5f, y + 0.5f) * strength);
                }
            }
        }
    }

    private static void RequireSize(int length, int width, int height, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (length != (long)width * height)
        {
            throw new ArgumentException($"{width}×{height} values are needed, not {length}.", name);
        }
    }

    /// <summary>The two cells whose centres a position from 0 to 1 lies between, and the share of the second.</summary>
    private static (int First, int Second, float Share) Between(float position, int cells)
    {
        float cell = Math.Clamp(position * cells - 0.5f, 0, cells - 1);
        int first = Math.Min((int)cell, cells - 1);
        return (first, Math.Min(first + 1, cells - 1), cell - first);
    }
}
