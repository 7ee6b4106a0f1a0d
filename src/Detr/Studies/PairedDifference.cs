namespace Detr.Studies;

/// <summary>How much larger one thing is than another, measured on the same objects.</summary>
/// <param name="Mean">The mean difference.</param>
/// <param name="Error">Its standard error, the objects taken as independent.</param>
internal readonly record struct PairedDifference(double Mean, double Error)
{
    private const double Clear = 2;

    /// <summary>Whether it is larger beyond chance, by two standard errors.</summary>
    internal bool IsLarger => Mean > Clear * Error;

    /// <summary>Whether it is smaller beyond chance.</summary>
    internal bool IsSmaller => Mean < -Clear * Error;

    /// <summary>Compares numbers.</summary>
    /// <param name="values">The one's, at least one.</param>
    /// <param name="others">The other's, in the same order.</param>
    internal static PairedDifference Of(IReadOnlyList<double> values, IReadOnlyList<double> others)
    {
        double[] differences = [.. values.Zip(others, (value, other) => value - other)];
        double mean = differences.Average(), squares = differences.Sum(difference => (difference - mean) * (difference - mean));
        return new PairedDifference(mean, Math.Sqrt(squares / Math.Max(1, differences.Length - 1) / differences.Length));
    }
}
