namespace Detr.Cli;

/// <summary>What a measurement found.</summary>
internal sealed record BenchResult(
    string Model, int Batch, int Height, int Width, int Threads, IReadOnlyList<double> Milliseconds, double FirstMilliseconds, long PeakBytes, long MultiplyAdds)
{
    /// <summary>Whether the backbone ran in eight bits.</summary>
    internal bool IsQuantized { get; init; }

    /// <summary>The same passes in single precision, each before its own in eight bits; empty if these were not wanted.</summary>
    internal IReadOnlyList<double> SinglePrecisionMilliseconds { get; init; } = [];

    /// <summary>The parts of each pass, in their order, and their milliseconds in each.</summary>
    internal required IReadOnlyList<(string Part, IReadOnlyList<double> Milliseconds)> Parts { get; init; }

    internal double Median => MedianOf(Milliseconds);

    internal double SinglePrecisionMedian => MedianOf(SinglePrecisionMilliseconds);

    /// <summary>The median of the passes' ratios, eight bits over single precision; null where there was nothing to compare.</summary>
    internal double? Ratio => SinglePrecisionMilliseconds.Count == 0 ? null : MedianOf([.. Milliseconds.Zip(SinglePrecisionMilliseconds, (eight, single) => eight / single)]);

    internal double Minimum => Milliseconds.Min();

    /// <summary>10⁹ additions and multiplications a second, in the median run.</summary>
    internal double GigaflopsPerSecond => 2e-6 * MultiplyAdds / Median;

    /// <summary>The middle one, or the mean of the two in the middle.</summary>
    internal static double MedianOf(IReadOnlyList<double> values)
    {
        double[] ordered = [.. values.Order()];
        return (ordered[(ordered.Length - 1) / 2] + ordered[ordered.Length / 2]) / 2;
    }
}
