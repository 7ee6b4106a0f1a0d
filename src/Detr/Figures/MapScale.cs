using Detr.Imaging;

namespace Detr.Figures;

/// <summary>Which colours stand for which numbers of a map.</summary>
internal readonly record struct MapScale(ColorMap Colors, float Low, float High)
{
    /// <summary>From 0 to the largest number or, where some are negative, as far to both sides of 0.</summary>
    internal static MapScale Of(ReadOnlySpan<float> map)
    {
        float low = 0, high = 0;
        foreach (float value in map)
        {
            if (float.IsFinite(value))
            {
                (low, high) = (MathF.Min(low, value), MathF.Max(high, value));
            }
        }

        float furthest = MathF.Max(-low, high);
        return low < 0 ? new MapScale(ColorMaps.Diverging, -furthest, furthest) : new MapScale(ColorMaps.Ember, 0, high);
    }

    /// <summary>Where a number lies between the ends, 0 to 1; 0 on a scale of one number.</summary>
    internal float Share(float value) => High > Low ? (value - Low) / (High - Low) : value * 0;

    /// <summary>The legend.</summary>
    internal ColorScale Legend(string label) => new(Colors, Low, High, label);
}
