namespace Detr.Imaging;

/// <summary>The colour maps that come with the library.</summary>
/// <remarks>
/// Each but the grey one is a smooth curve through a few colours of OKLab, walked at constant speed, so that equal steps of a number
/// look about equal. They are this project's own curves, not the tables of other programs.
/// </remarks>
public static class ColorMaps
{
    /// <summary>From black through purple and orange to pale yellow. Reads well over photographs.</summary>
    public static ColorMap Ember { get; } = Create(
        "ember", evenHalves: false, (0.08, 0.02, 290), (0.28, 0.13, 300), (0.46, 0.18, 350), (0.64, 0.20, 35), (0.80, 0.17, 72), (0.97, 0.08, 105));

    /// <summary>From near black through violet and rose to cream.</summary>
    public static ColorMap Dusk { get; } = Create(
        "dusk", evenHalves: false, (0.10, 0.03, 280), (0.32, 0.15, 292), (0.52, 0.19, 328), (0.70, 0.17, 12), (0.84, 0.11, 55), (0.97, 0.05, 90));

    /// <summary>From dark indigo through teal and green to yellow; kind to every kind of colour vision.</summary>
    public static ColorMap Lagoon { get; } = Create(
        "lagoon", evenHalves: false, (0.25, 0.12, 300), (0.40, 0.11, 265), (0.54, 0.09, 220), (0.67, 0.12, 170), (0.80, 0.17, 135), (0.92, 0.18, 105));

    /// <summary>From black to white: colour i has i in every channel.</summary>
    public static ColorMap Gray { get; } = CreateGray();

    /// <summary>From blue over pale grey to red, for numbers around a middle that is put at 0.5.</summary>
    public static ColorMap Diverging { get; } = Create(
        "diverging", evenHalves: true, (0.42, 0.14, 262), (0.68, 0.09, 255), (0.94, 0.0, 0), (0.70, 0.12, 30), (0.47, 0.17, 27));

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

    private static ColorMap Create(
        string name, bool evenHalves, params ReadOnlySpan<(double Lightness, double Chroma, double Hue)> stops)
    {
        Span<OkLab> knots = stackalloc OkLab[stops.Length];
        for (int i = 0; i < stops.Length; i++)
        {
            knots[i] = OkLab.FromLch(stops[i].Lightness, stops[i].Chroma, stops[i].Hue);
        }

        // The curve, densely, and the way along it up to every point.
        const int Points = 4097;
        OkLab[] curve = new OkLab[Points];
        double[] way = new double[Points];
        for (int i = 0; i < Points; i++)
        {
            curve[i] = Along(knots, (double)i / (Points - 1) * (stops.Length - 1)).ToGamut();
            way[i] = i == 0 ? 0 : way[i - 1] + curve[i].DistanceTo(curve[i - 1]);
        }

        if (evenHalves)
        {
            // The middle colour belongs to 0.5 even when one half of the way is longer.
            const int Middle = Points / 2;
            double half = way[Middle];
            double stretch = half / (way[^1] - half);
            for (int i = Middle + 1; i < Points; i++)
            {
                way[i] = half + (way[i] - half) * stretch;
            }
        }

        Span<Rgb> colors = stackalloc Rgb[ColorMap.Count];
        int next = 0;
        for (int i = 0; i < colors.Length; i++)
        {
            double target = way[^1] * i / (colors.Length - 1);
            while (next < Points - 1 && way[next] < target)
            {
                next++;
            }

            colors[i] = curve[next].ToRgb();
        }

        return new(name, colors);
    }

    /// <summary>The Catmull-Rom curve through the knots at a position from 0 to their number less 1.</summary>
    private static OkLab Along(ReadOnlySpan<OkLab> knots, double position)
    {
        int i = Math.Min((int)position, knots.Length - 2);
        OkLab before = knots[Math.Max(i - 1, 0)];
        OkLab from = knots[i];
        OkLab to = knots[i + 1];
        OkLab after = knots[Math.Min(i + 2, knots.Length - 1)];
        double t = position - i;
        return new(
            CatmullRom(before.L, from.L, to.L, after.L, t),
            CatmullRom(before.A, from.A, to.A, after.A, t),
            CatmullRom(before.B, from.B, to.B, after.B, t));
    }

    private static double CatmullRom(double p0, double p1, double p2, double p3, double t) =>
        p1 + 0.5 * t * (p2 - p0 + t * (2 * p0 - 5 * p1 + 4 * p2 - p3 + t * (3 * (p1 - p2) + p3 - p0)));
}
