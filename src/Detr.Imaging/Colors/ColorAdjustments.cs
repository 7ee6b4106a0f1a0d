using System.Runtime.InteropServices;

namespace Detr.Imaging;

/// <summary>Brightness, contrast, saturation and hue of whole pictures.</summary>
/// <remarks>The bytes equal those of torchvision's <c>adjust_…</c> functions on Pillow images, which detectors are trained with.</remarks>
public static class ColorAdjustments
{
    /// <summary>Makes a picture darker or lighter: every byte times a factor.</summary>
    /// <param name="source">The picture to read.</param>
    /// <param name="factor">0 gives black, 1 the picture itself.</param>
    /// <returns>A new picture.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The factor is negative or not a number.</exception>
    public static RgbImage Brightness(RgbImage source, float factor) => AwayFrom(source, 0, factor);

    /// <summary>Brings a picture closer to its mean grey, or further from it.</summary>
    /// <param name="source">The picture to read.</param>
    /// <param name="factor">0 gives plain grey, 1 the picture itself.</param>
    /// <returns>A new picture.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The factor is negative or not a number.</exception>
    public static RgbImage Contrast(RgbImage source, float factor)
    {
        ArgumentNullException.ThrowIfNull(source);
        long sum = 0;
        foreach (Rgb pixel in Pixels(source))
        {
            sum += Luma(pixel);
        }

        return AwayFrom(source, (byte)(sum / (double)(source.Width * (long)source.Height) + 0.5), factor);
    }

    /// <summary>Makes colours paler or stronger: every pixel between its own grey and itself, or beyond.</summary>
    /// <param name="source">The picture to read.</param>
    /// <param name="factor">0 gives greys, 1 the picture itself.</param>
    /// <returns>A new picture.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The factor is negative or not a number.</exception>
    public static RgbImage Saturation(RgbImage source, float factor)
    {
        RgbImage result = Like(source, factor);
        Span<Rgb> pixels = MemoryMarshal.Cast<byte, Rgb>(result.Pixels.AsSpan());
        ReadOnlySpan<Rgb> before = Pixels(source);
        for (int i = 0; i < pixels.Length; i++)
        {
            Rgb pixel = before[i];
            byte grey = Luma(pixel);
            pixels[i] = new Rgb(Extrapolate(grey, pixel.R, factor), Extrapolate(grey, pixel.G, factor), Extrapolate(grey, pixel.B, factor));
        }

        return result;
    }

    /// <summary>Turns all colours around the colour wheel, in 8 bits of hue, saturation and value.</summary>
    /// <param name="source">The picture to read.</param>
    /// <param name="turn">From -0.5 to 0.5 of a whole turn.</param>
    /// <returns>A new picture; with no turn, too, colours are rounded to the 8 bits.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The turn is out of range.</exception>
    public static RgbImage Hue(RgbImage source, double turn)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (!(Math.Abs(turn) <= 0.5))
        {
            throw new ArgumentOutOfRangeException(nameof(turn), turn, "A turn of the hue is from -0.5 to 0.5.");
        }

        byte step = unchecked((byte)(int)(turn * 255));
        RgbImage result = new(source.Width, source.Height);
        Span<Rgb> pixels = MemoryMarshal.Cast<byte, Rgb>(result.Pixels.AsSpan());
        ReadOnlySpan<Rgb> before = Pixels(source);
        for (int i = 0; i < pixels.Length; i++)
        {
            (byte hue, byte saturation, byte value) = ToHsv(before[i]);
            pixels[i] = FromHsv(unchecked((byte)(hue + step)), saturation, value);
        }

        return result;
    }

    /// <summary>A pixel's grey by ITU-R 601: 0.299 red, 0.587 green, 0.114 blue, in 16 bits of fraction.</summary>
    private static byte Luma(Rgb pixel) => (byte)((pixel.R * 19595 + pixel.G * 38470 + pixel.B * 7471 + 0x8000) >> 16);

    private static RgbImage AwayFrom(RgbImage source, byte grey, float factor)
    {
        RgbImage result = Like(source, factor);
        Span<byte> table = stackalloc byte[256];
        for (int value = 0; value < table.Length; value++)
        {
            table[value] = Extrapolate(grey, (byte)value, factor);
        }

        ReadOnlySpan<byte> before = source.Pixels;
        Span<byte> after = result.Pixels;
        for (int i = 0; i < after.Length; i++)
        {
            after[i] = table[before[i]];
        }

        return result;
    }

    private static RgbImage Like(RgbImage source, float factor)
    {
        ArgumentNullException.ThrowIfNull(source);
        return factor >= 0 ? new RgbImage(source.Width, source.Height) : throw new ArgumentOutOfRangeException(nameof(factor), factor, "A factor is 0 or more.");
    }

    private static ReadOnlySpan<Rgb> Pixels(RgbImage image) => MemoryMarshal.Cast<byte, Rgb>(image.Pixels.AsSpan());

    /// <summary>The point on the line from one byte to another, rounded towards zero and clipped.</summary>
    private static byte Extrapolate(byte from, byte to, float factor) => (byte)Math.Clamp(from + factor * (to - from), 0, 255);

    private static (byte Hue, byte Saturation, byte Value) ToHsv(Rgb pixel)
    {
        byte most = Math.Max(pixel.R, Math.Max(pixel.G, pixel.B)), least = Math.Min(pixel.R, Math.Min(pixel.G, pixel.B));
        if (most == least)
        {
            return (0, 0, most);
        }

        float range = most - least, red = (most - pixel.R) / range, green = (most - pixel.G) / range, blue = (most - pixel.B) / range;
        float sixths = pixel.R == most ? blue - green : pixel.G == most ? (float)(2.0 + red - blue) : (float)(4.0 + green - red);
        float hue = (float)((sixths / 6.0 + 1.0) % 1.0);
        return ((byte)(hue * 255.0), (byte)(range / most * 255.0), most);
    }

    private static Rgb FromHsv(byte hue, byte saturation, byte value)
    {
        if (saturation == 0)
        {
            return new Rgb(value, value, value);
        }

        float sixths = (float)(hue * 6.0 / 255.0), share = (float)(saturation / 255.0);
        int sector = (int)sixths;
        float rest = sixths - sector;
        byte low = Round(value * (1.0 - share)), falling = Round(value * (1.0 - (share * rest))), rising = Round(value * (1.0 - (share * (1.0 - rest))));
        return (sector % 6) switch
        {
            0 => new Rgb(value, rising, low),
            1 => new Rgb(falling, value, low),
            2 => new Rgb(low, value, rising),
            3 => new Rgb(low, falling, value),
            4 => new Rgb(rising, low, value),
            _ => new Rgb(value, low, falling),
        };

        static byte Round(double number) => (byte)Math.Round(number, MidpointRounding.AwayFromZero);
    }
}
