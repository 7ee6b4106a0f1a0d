using System.Globalization;

namespace Detr.Imaging;

/// <summary>An 8-bit sRGB colour.</summary>
/// <param name="R">Red.</param>
/// <param name="G">Green.</param>
/// <param name="B">Blue.</param>
public readonly record struct Rgb(byte R, byte G, byte B)
{
    /// <summary>Black.</summary>
    public static Rgb Black => new(0, 0, 0);

    /// <summary>White.</summary>
    public static Rgb White => new(255, 255, 255);

    /// <summary>Relative luminance as WCAG 2 defines it, from 0 (black) to 1 (white): linear light, weighted.</summary>
    public double Luminance => 0.2126 * OkLab.Decode(R) + 0.7152 * OkLab.Decode(G) + 0.0722 * OkLab.Decode(B);

    /// <summary>Black or white, whichever reads better on this colour.</summary>
    /// <remarks>The luminance at which both contrast alike is sqrt(1.05 · 0.05) - 0.05.</remarks>
    public Rgb ReadableInk => Luminance > 0.179 ? Black : White;

    /// <summary>Reads <c>#rrggbb</c>, <c>rrggbb</c>, <c>#rgb</c> or <c>rgb</c>, in hexadecimal.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="FormatException">The text is none of these.</exception>
    public static Rgb Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out Rgb color)
            ? color
            : throw new FormatException($"'{text}' is not a colour; write it as #rrggbb or #rgb in hexadecimal.");
    }

    /// <summary>As <see cref="Parse"/>, without an exception.</summary>
    /// <param name="text">The text.</param>
    /// <param name="color">The colour, or black where there is none.</param>
    /// <returns>Whether the text was a colour.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out Rgb color)
    {
        color = default;
        ReadOnlySpan<char> digits = text.StartsWith('#') ? text[1..] : text;
        if (digits.Length is not (3 or 6)
            || !uint.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint value))
        {
            return false;
        }

        color = digits.Length == 6
            ? new((byte)(value >> 16), (byte)(value >> 8), (byte)value)
            : new((byte)((value >> 8) * 17), (byte)((value >> 4 & 15) * 17), (byte)((value & 15) * 17));
        return true;
    }

    /// <summary>A colour between this and another, mixed as the bytes stand.</summary>
    /// <param name="other">The other colour.</param>
    /// <param name="share">Of the other: 0 gives this, 1 the other; clamped.</param>
    public Rgb Mix(Rgb other, float share)
    {
        float part = float.IsNaN(share) ? 0 : Math.Clamp(share, 0, 1);
        return new(Blend(R, other.R, part), Blend(G, other.G, part), Blend(B, other.B, part));
    }

    /// <summary>The colour as <c>#rrggbb</c>.</summary>
    public override string ToString() => $"#{R:x2}{G:x2}{B:x2}";

    /// <summary>The byte between two, rounded.</summary>
    internal static byte Blend(byte from, byte to, float share) => (byte)(from + (to - from) * share + 0.5f);
}
