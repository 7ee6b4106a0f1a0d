using Detr.Imaging;

namespace Detr.Figures;

/// <summary>How figures name what they show.</summary>
internal static class FigureText
{
    private const int LongestLabel = 24;

    /// <summary>Such as <c>query 12 · cat 0.98</c>.</summary>
    internal static string Name(Detection detection)
        => FormattableString.Invariant($"query {detection.Query} · {Label(detection)} {detection.Score:0.00}");

    /// <summary>What a detection's class is called, at a length that fits.</summary>
    internal static string Label(Detection detection) => ErrorFigure.Shortened(detection.Label, LongestLabel);

    /// <summary>A map's largest number, in few digits.</summary>
    internal static string Largest(MapScale scale) => FormattableString.Invariant($"largest {scale.High:G3}");

    /// <summary>The legend of a figure whose maps have scales of their own: they differ by more than one scale can show.</summary>
    internal static ColorScale EachScale(string label) => new(ColorMaps.Ember, 0, 1, label) { Ends = ("0", "each map's largest") };

    /// <summary>A share as people say it, such as <c>62%</c>.</summary>
    internal static string Percent(double share) => FormattableString.Invariant($"{100 * share:F0}%");
}
