namespace Detr.Imaging;

/// <summary>A colour in Ottosson's OKLab, where equal distances look about equally different.</summary>
/// <param name="L">Lightness, from 0 (black) to 1 (white).</param>
/// <param name="A">From green (negative) to red.</param>
/// <param name="B">From blue (negative) to yellow.</param>
internal readonly record struct OkLab(double L, double A, double B)
{
    /// <summary>A colour from lightness, chroma and hue in degrees.</summary>
    public static OkLab FromLch(double lightness, double chroma, double hue)
    {
        (double sin, double cos) = Math.SinCos(hue * Math.PI / 180);
        return new(lightness, chroma * cos, chroma * sin);
    }

    /// <summary>The OKLab coordinates of an sRGB colour.</summary>
    public static OkLab FromRgb(Rgb color)
    {
        double r = Decode(color.R);
        double g = Decode(color.G);
        double b = Decode(color.B);
        double l = Math.Cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
        double m = Math.Cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
        double s = Math.Cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
        return new(
            0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
            1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
            0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s);
    }

    /// <summary>The nearest colour of this lightness and hue that sRGB can show: chroma shrinks until it fits.</summary>
    public OkLab ToGamut()
    {
        if (IsShown(this))
        {
            return this;
        }

        double low = 0;
        double high = 1;
        for (int i = 0; i < 24; i++)
        {
            double middle = (low + high) / 2;
            (low, high) = IsShown(WithChroma(middle)) ? (middle, high) : (low, middle);
        }

        return WithChroma(low);
    }

    /// <summary>The sRGB colour, each channel clipped.</summary>
    public Rgb ToRgb()
    {
        (double r, double g, double b) = ToLinear(this);
        return new(Encode(r), Encode(g), Encode(b));
    }

    /// <summary>The straight distance to another colour.</summary>
    public double DistanceTo(OkLab other) => Math.Sqrt(
        (L - other.L) * (L - other.L) + (A - other.A) * (A - other.A) + (B - other.B) * (B - other.B));

    /// <summary>The sRGB byte as linear light from 0 to 1.</summary>
    internal static double Decode(byte channel)
    {
        double value = channel / 255.0;
        return value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);
    }

    private static byte Encode(double linear)
    {
        double value = Math.Clamp(linear, 0, 1);
        value = value <= 0.0031308 ? value * 12.92 : 1.055 * Math.Pow(value, 1 / 2.4) - 0.055;
        return (byte)Math.Round(value * 255);
    }

    private static bool IsShown(OkLab color)
    {
        const double Slack = 1e-6;
        (double r, double g, double b) = ToLinear(color);
        return Math.Min(r, Math.Min(g, b)) >= -Slack && Math.Max(r, Math.Max(g, b)) <= 1 + Slack;
    }

    private static (double R, double G, double B) ToLinear(OkLab color)
    {
        double l = Cube(color.L + 0.3963377774 * color.A + 0.2158037573 * color.B);
        double m = Cube(color.L - 0.1055613458 * color.A - 0.0638541728 * color.B);
        double s = Cube(color.L - 0.0894841775 * color.A - 1.2914855480 * color.B);
        return (
            4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
            -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
            -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s);
    }

    private static double Cube(double value) => value * value * value;

    private OkLab WithChroma(double share) => new(L, A * share, B * share);
}
