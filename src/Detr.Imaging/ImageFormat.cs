namespace Detr.Imaging;

/// <summary>The formats that <see cref="ImageFile"/> reads.</summary>
public enum ImageFormat
{
    /// <summary>JPEG: baseline, extended and progressive, 8 bits, Huffman.</summary>
    Jpeg,

    /// <summary>Portable Network Graphics.</summary>
    Png,

    /// <summary>Windows bitmap.</summary>
    Bmp,

    /// <summary>Portable pixmap, graymap or bitmap (P1 to P6).</summary>
    Ppm,
}
