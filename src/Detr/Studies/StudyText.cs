namespace Detr.Studies;

/// <summary>How findings speak of numbers.</summary>
internal static class StudyText
{
    /// <summary>Differences of average precision below this are noise, where each arm is trained once.</summary>
    internal const double Noise = 0.02;

    /// <summary>A share as the paper writes average precision: a hundred times it, with one decimal.</summary>
    internal static string Points(double share) => FormattableString.Invariant($"{100 * share:F1}");

    /// <summary>A difference of shares in points, with its sign.</summary>
    internal static string Signed(double difference) => FormattableString.Invariant($"{100 * difference:+0.0;−0.0;0.0}");

    /// <summary>A list such as <c>0, 1 and 3</c>.</summary>
    internal static string List(IReadOnlyList<string> items) => items.Count <= 1 ? string.Concat(items) : $"{string.Join(", ", items.Take(items.Count - 1))} and {items[^1]}";
}
