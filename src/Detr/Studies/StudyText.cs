namespace Detr.Studies;

/// <summary>How findings speak of numbers.</summary>
internal static class StudyText
{
    /// <summary>Differences of average precision below this are noise, where each arm is trained once.</summary>
    internal const double Noise = 0.02;

    // Below this, what models find is still chance.
    private const double LeastLearnt = 0.1;

    /// <summary>A finding, if the model that others are compared with has learnt enough for one; else a sentence that says it has not.</summary>
    /// <param name="precision">That model's average precision.</param>
    /// <param name="finding">The finding.</param>
    internal static string IfLearnt(double precision, string finding) => HasLearnt(precision)
        ? finding
        : $"The model that others are compared with has hardly learnt (AP {Points(precision)}), so nothing follows from these numbers; train it for more steps.";

    /// <summary>Whether an average precision is more than chance.</summary>
    internal static bool HasLearnt(double precision) => precision >= LeastLearnt;

    /// <summary>A share as the paper writes average precision: a hundred times it, with one decimal.</summary>
    internal static string Points(double share) => FormattableString.Invariant($"{100 * share:F1}");

    /// <summary>A difference of shares in points, with its sign.</summary>
    internal static string Signed(double difference) => FormattableString.Invariant($"{100 * difference:+0.0;−0.0;0.0}");

    /// <summary>The number that half of some numbers are not above; there is at least one.</summary>
    internal static double Median(IReadOnlyList<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>A list such as <c>0, 1 and 3</c>.</summary>
    internal static string List(IReadOnlyList<string> items) => items.Count <= 1 ? string.Concat(items) : $"{string.Join(", ", items.Take(items.Count - 1))} and {items[^1]}";
}
