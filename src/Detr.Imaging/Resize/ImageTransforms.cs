using System.Runtime.InteropServices;

namespace Detr.Imaging;

/// <summary>Rearrangements of pixels that compute no new ones.</summary>
public static class ImageTransforms
{
    /// <summary>Cuts a rectangle out of a picture.</summary>
    /// <param name="source">The picture to read.</param>
    /// <param name="x">The first column, from 0 at the left.</param>
    /// <param name="y">The first row, from 0 at the top.</param>
    /// <param name="width">Columns; at least 1.</param>
    /// <param name="height">Rows; at least 1.</param>
    /// <returns>A new picture of that size.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The rectangle is empty or reaches outside the picture.</exception>
    public static RgbImage Crop(RgbImage source, int x, int y, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfNegative(x);
        ArgumentOutOfRangeException.ThrowIfNegative(y);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, source.Width - x);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(height, source.Height - y);
        RgbImage result = new(width, height);
        for (int row = 0; row < height; row++)
        {
            source.Row(y + row).Slice(x * 3, width * 3).CopyTo(result.Row(row));
        }

        return result;
    }

    /// <summary>Mirrors a picture left to right.</summary>
    /// <param name="source">The picture to read.</param>
    /// <returns>A new picture of the same size.</returns>
    public static RgbImage FlipHorizontal(RgbImage source)
    {
        ArgumentNullException.ThrowIfNull(source);
        RgbImage result = new(source.Width, source.Height);
        for (int y = 0; y < source.Height; y++)
        {
            Span<Rgb> row = MemoryMarshal.Cast<byte, Rgb>(result.Row(y));
            MemoryMarshal.Cast<byte, Rgb>(source.Row(y)).CopyTo(row);
            row.Reverse();
        }

        return result;
    }
}
