namespace Detr.Cli;

/// <summary>What a measurement found.</summary>
internal sealed record BenchResult(
    string Model, int Batch, int Height, int Width, int Threads, IReadOnlyList<double> Milliseconds, double FirstMilliseconds, long PeakBytes, long MultiplyAdds)
{
    /// <summary>Whether the backbone ran in eight bits.</summary>
    internal bool IsQuantized { get; init; }

    /// <summary>The middle run, or the mean of the two in the middle.</summary>
    internal double Median
    {
        get
        {
            double[] ordered = [.. Milliseconds.Order()];
            return (ordered[(ordered.Length - 1) / 2] + ordered[ordered.Length / 2]) / 2;
        }
    }

    internal double Minimum => Milliseconds.Min();

    /// <summary>10⁹ additions and multiplications a second, in the median run.</summary>
    internal double GigaflopsPerSecond => 2e-6 * MultiplyAdds / Median;
}
