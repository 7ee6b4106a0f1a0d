namespace Detr.Imaging;

/// <summary>Turns rows of components into RGB with libjpeg's fixed-point arithmetic (16 fraction bits).</summary>
internal static class JpegColor
{
    private const int Half = 1 << 15;

    /// <summary>Converts one row.</summary>
    /// <param name="space">What the components mean.</param>
    /// <param name="c0">First component, at least as long as the row.</param>
    /// <param name="c1">Second; empty for grey.</param>
    /// <param name="c2">Third; empty for grey.</param>
    /// <param name="c3">Fourth; empty where there are three.</param>
    /// <param name="rgb">The row, three bytes a pixel.</param>
    public static void Convert(
        JpegColorSpace space, ReadOnlySpan<byte> c0, ReadOnlySpan<byte> c1, ReadOnlySpan<byte> c2, ReadOnlySpan<byte> c3, Span<byte> rgb)
    {
        int width = rgb.Length / 3;
        switch (space)
        {
            case JpegColorSpace.Gray:
                for (int x = 0; x < width; x++)
                {
                    rgb.Slice(x * 3, 3).Fill(c0[x]);
                }

                break;
            case JpegColorSpace.Rgb:
                Interleave(c0, c1, c2, rgb);
                break;
            case JpegColorSpace.YCbCr:
                ConvertYCbCr(c0, c1, c2, rgb);
                break;
            case JpegColorSpace.Cmyk:
                Interleave(c0, c1, c2, rgb);
                ApplyBlack(c3, rgb, isInverted: false);
                break;
            default:
                ConvertYCbCr(c0, c1, c2, rgb);
                ApplyBlack(c3, rgb, isInverted: true);
                break;
        }
    }

    private static void Interleave(ReadOnlySpan<byte> c0, ReadOnlySpan<byte> c1, ReadOnlySpan<byte> c2, Span<byte> rgb)
    {
        for (int x = 0, i = 0; i + 2 < rgb.Length; x++, i += 3)
        {
            rgb[i] = c0[x];
            rgb[i + 1] = c1[x];
            rgb[i + 2] = c2[x];
        }
    }

    private static void ConvertYCbCr(ReadOnlySpan<byte> luma, ReadOnlySpan<byte> blue, ReadOnlySpan<byte> red, Span<byte> rgb)
    {
        int width = rgb.Length / 3;
        luma = luma[..width];
        blue = blue[..width];
        red = red[..width];
        for (int x = 0, i = 0; x < luma.Length; x++, i += 3)
        {
            int y = luma[x];
            int cb = blue[x] - 128;
            int cr = red[x] - 128;
            Span<byte> pixel = rgb.Slice(i, 3);
            pixel[0] = Clamp(y + ((91881 * cr + Half) >> 16));
            pixel[1] = Clamp(y + ((-22554 * cb - 46802 * cr + Half) >> 16));
            pixel[2] = Clamp(y + ((116130 * cb + Half) >> 16));
        }
    }

    /// <summary>Removes what the inks swallow: white less the ink, of what black leaves, in Pillow's rounding.</summary>
    private static void ApplyBlack(ReadOnlySpan<byte> white, Span<byte> rgb, bool isInverted)
    {
        for (int x = 0, i = 0; i + 2 < rgb.Length; x++, i += 3)
        {
            foreach (ref byte value in rgb.Slice(i, 3))
            {
                int ink = isInverted ? value : 255 - value;
                int product = ink * white[x] + 128;
                value = (byte)(white[x] - (((product >> 8) + product) >> 8));
            }
        }
    }

    private static byte Clamp(int value) => (byte)Math.Clamp(value, 0, 255);
}
