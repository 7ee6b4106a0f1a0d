namespace Detr.Imaging;

/// <summary>How <see cref="ImageFile"/> reads.</summary>
public sealed record ImageReadOptions
{
    /// <summary>Pictures of more pixels are refused before any memory is taken; the default is Pillow's limit.</summary>
    public long MaximumPixels { get; init; } = 178_956_970;

    /// <summary>Whether to turn the picture upright as its EXIF orientation tells.</summary>
    public bool ApplyOrientation { get; init; } = true;
}
