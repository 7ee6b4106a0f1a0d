namespace Detr.Imaging;

/// <summary>How large a picture is made before a detector sees it.</summary>
public static class ResizeRules
{
    /// <summary>
    /// The size at which the short side is <paramref name="size"/>, unless the long side would then exceed
    /// <paramref name="maximum"/>, in which case the short side shrinks until the long one fits.
    /// </summary>
    /// <param name="width">Pixels in a row of the picture; at least 1.</param>
    /// <param name="height">Rows of the picture; at least 1.</param>
    /// <param name="size">The short side wanted; at least 1. DETR evaluates at 800.</param>
    /// <param name="maximum">The most the long side may have, at least 1, or null for no limit. DETR's is 1333.</param>
    /// <returns>The new size; no side falls below 1, however thin the picture.</returns>
    /// <remarks>
    /// Rounds as the reference does: the shrunken short side to the nearest whole number, halves to the even one; the
    /// long side down. The long side can so end a few pixels short of the maximum.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">An argument is below 1, or the long side exceeds 2^31 - 1.</exception>
    public static (int Width, int Height) ShortSide(int width, int height, int size, int? maximum = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        double shortest = Math.Min(width, height);
        double longest = Math.Max(width, height);
        if (maximum is int limit)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1, nameof(maximum));
            if (longest / shortest * size > limit)
            {
                size = Math.Max((int)Math.Round(limit * shortest / longest, MidpointRounding.ToEven), 1);
            }
        }

        if (size == (int)shortest)
        {
            return (width, height);
        }

        double other = Math.Floor(size * longest / shortest);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(other, int.MaxValue, nameof(size));
        return width < height ? (size, (int)other) : ((int)other, size);
    }
}
