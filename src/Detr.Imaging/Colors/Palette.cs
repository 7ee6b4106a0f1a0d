namespace Detr.Imaging;

/// <summary>Colours for things that are told apart by number: categories, queries, series of a chart.</summary>
public static class Palette
{
    /// <summary>The colour of a number.</summary>
    /// <param name="index">The number, from 0.</param>
    /// <returns>Always the same colour for the same number; neighbours differ strongly.</returns>
    /// <remarks>
    /// Hues step by the golden angle, which spreads any count of them about evenly; lightness takes three levels in
    /// turn, so that hues that come close after a few steps still differ, and others after 21 steps, which come closest.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    public static Rgb ForIndex(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        const double FirstHue = 255;
        double goldenAngle = 180 * (3 - Math.Sqrt(5));
        double hue = (FirstHue + index * goldenAngle) % 360;
        double lightness = (index % 3) switch { 0 => 0.66, 1 => 0.74, _ => 0.58 } + index / 21 % 2 * 0.04;
        return OkLab.FromLch(lightness, 0.17, hue).ToGamut().ToRgb();
    }
}
