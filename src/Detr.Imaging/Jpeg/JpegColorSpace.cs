namespace Detr.Imaging;

/// <summary>What the components of a JPEG mean.</summary>
internal enum JpegColorSpace
{
    /// <summary>Luminance alone.</summary>
    Gray,

    /// <summary>Luminance and two colour differences (JFIF).</summary>
    YCbCr,

    /// <summary>Red, green, blue.</summary>
    Rgb,

    /// <summary>Inks, stored inverted as Adobe's programs do.</summary>
    Cmyk,

    /// <summary>Inks whose first three are stored as luminance and colour differences.</summary>
    Ycck,
}
