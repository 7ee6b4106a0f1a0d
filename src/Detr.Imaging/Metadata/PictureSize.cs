namespace Detr.Imaging;

/// <summary>Checks the size a header claims before memory is taken for it.</summary>
internal static class PictureSize
{
    /// <summary>Refuses pictures without pixels and pictures of too many.</summary>
    /// <exception cref="InvalidDataException">The size is refused.</exception>
    public static void Check(long width, long height, long maximumPixels)
    {
        if (width < 1 || height < 1)
        {
            throw new InvalidDataException($"the header gives a size of {width}×{height}, which holds no pixels.");
        }

        // Three bytes a pixel have to fit in one array.
        if (width * height > Math.Min(maximumPixels, Array.MaxLength / 3))
        {
            throw new InvalidDataException($"the header gives a size of {width}×{height}, more than the {maximumPixels} pixels allowed.");
        }
    }
}
