namespace Detr.Imaging;

/// <summary>What a picture file's header tells.</summary>
/// <param name="Width">Pixels in a row of the upright picture.</param>
/// <param name="Height">Rows of the upright picture.</param>
/// <param name="Format">The file's format.</param>
public sealed record ImageInfo(int Width, int Height, ImageFormat Format)
{
    /// <summary>Whether the picture is stored lying, with width and height changed over, and turned upright by its EXIF orientation.</summary>
    public bool IsStoredLying { get; init; }
}
