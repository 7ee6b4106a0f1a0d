namespace Detr.Imaging;

/// <summary>The colour maps that come with the library.</summary>
/// <remarks>
/// Lightness in OKLab grows by the same amount from colour to colour, so that equal steps of a number look equal and a printout
/// in grey keeps their order; hue and chroma follow a smooth curve at about constant speed. The diverging map does so from its
/// middle to both ends alike. The curves are this project's own, not the tables of other programs.
/// </remarks>
public static class ColorMaps
{
    /// <summary>From black through purple and orange to pale yellow. Reads well over photographs.</summary>
    public static ColorMap Ember { get; } = Create(
        "ember", 0.10, 0.97, isDiverging: false, (0.03, 290), (0.14, 300), (0.19, 345), (0.205, 30), (0.165, 70), (0.08, 105));

    /// <summary>From near black through violet and rose to cream.</summary>
    public static ColorMap Dusk { get; } = Create(
        "dusk", 0.12, 0.97, isDiverging: false, (0.04, 280), (0.15, 292), (0.19, 328), (0.17, 8), (0.11, 50), (0.05, 90));

    /// <summary>From dark indigo through teal and green to yellow; kind to every kind of colour vision.</summary>
    public static ColorMap Lagoon { get; } = Create(
        "lagoon", 0.27, 0.93, isDiverging: false, (0.12, 305), (0.115, 270), (0.095, 225), (0.12, 175), (0.17, 137), (0.18, 107));

    /// <summary>From black to white: colour i has i in every channel.</summary>
    public static ColorMap Gray { get; } = CreateGray();

    /// <summary>From blue over pale grey to red, for numbers around a middle that is put at 0.5.</summary>
    public static ColorMap Diverging { get; } = Create(
        "diverging", 0.42, 0.95, isDiverging: true, (0.14, 262), (0.13, 258), (0, 0), (0.14, 30), (0.16, 27));

    /// <summary>Every map here.</summary>
    public static IReadOnlyList<ColorMap> All { get; } = [Ember, Dusk, Lagoon, Gray, Diverging];

    /// <summary>The map of a name, in upper or lower case.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="ArgumentException">There is no such map; the message lists those there are.</exception>
    public static ColorMap Find(string name)
    {
        foreach (ColorMap map in All)
        {
            if (string.Equals(map.Name, name, StringComparison.OrdinalIgnoreCase))
            {
                return map;
            }
        }

        throw new ArgumentException(
            $"There is no colour map '{name}'; choose one of {string.Join(", ", All.Select(map => map.Name))}.", nameof(name));
    }

    private static ColorMap CreateGray()
    {
        Span<Rgb> colors = stackalloc Rgb[ColorMap.Count];
        for (int i = 0; i < colors.Length; i++)
        {
            colors[i] = new((byte)i, (byte)i, (byte)i);
        }

        return new("gray", colors);
    }

    /// <summary>A map whose lightness goes evenly from the first to the last colour or, when diverging, to the middle and back.</summary>
    private static ColorMap Create(
        string name, double from, double to, bool isDiverging, params ReadOnlySpan<(double Chroma, double Hue)> stops)
    {
        Span<OkLab> knots = stackalloc OkLab[stops.Length];
        for (int i = 0; i < stops.Length; i++)
        {
            knots[i] = OkLab.FromLch(0, stops[i].Chroma, stops[i].Hue);
        }

        Span<Rgb> colors = stackalloc Rgb[ColorMap.Count];
        for (int i = 0; i < colors.Length; i++)
        {
            double position = (double)i / (colors.Length - 1);
            double share = isDiverging ? 1 - Math.Abs((2 * position) - 1) : position;
            (double a, double b) = Along(knots, position * (knots.Length - 1));
            colors[i] = new OkLab(double.Lerp(from, to, share), a, b).ToGamut().ToRgb();
        }

        return new(name, colors);
    }

    /// <summary>The Catmull-Rom curve through the knots' hues and chromas at a position from 0 to their number less 1.</summary>
    private static (double A, double B) Along(ReadOnlySpan<OkLab> knots, double position)
    {
        int i = Math.Min((int)position, knots.Length - 2);
        OkLab before = knots[Math.Max(i - 1, 0)];
        OkLab from = knots[i];
        OkLab to = knots[i + 1];
        OkLab after = knots[Math.Min(i + 2, knots.Length - 1)];
        double t = position - i;
        return (CatmullRom(before.A, from.A, to.A, after.A, t), CatmullRom(before.B, from.B, to.B, after.B, t));
    }

    private static double CatmullRom(double p0, double p1, double p2, double p3, double t) =>
        p1 + 0.5 * t * (p2 - p0 + t * (2 * p0 - 5 * p1 + 4 * p2 - p3 + t * (3 * (p1 - p2) + p3 - p0)));
}
