namespace Detr.Imaging;

/// <summary>A rectangle of whole pixels inside a picture; right and bottom are the first pixels outside.</summary>
internal readonly record struct PixelBounds(int Left, int Top, int Right, int Bottom)
{
    public int Width => Right - Left;

    public int Height => Bottom - Top;

    public bool IsEmpty => Right <= Left || Bottom <= Top;

    /// <summary>
    /// The pixels of a picture that a region touches; none when the region has an edge that is infinite or not a number.
    /// </summary>
    public static PixelBounds Around(RgbImage image, float left, float top, float right, float bottom)
    {
        if (!float.IsFinite(left) || !float.IsFinite(top) || !float.IsFinite(right) || !float.IsFinite(bottom))
        {
            return default;
        }

        return new(
            (int)Math.Clamp(MathF.Floor(left), 0, image.Width),
            (int)Math.Clamp(MathF.Floor(top), 0, image.Height),
            (int)Math.Clamp(MathF.Ceiling(right), 0, image.Width),
            (int)Math.Clamp(MathF.Ceiling(bottom), 0, image.Height));
    }
}
