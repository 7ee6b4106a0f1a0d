using System.Diagnostics;

namespace Detr.Benchmarks;

/// <summary>
/// Measures several things in turn, many short samples of each with the processor's peak between them, because a shared
/// machine's speed moves while one looks: only figures taken side by side can be compared.
/// </summary>
internal sealed class SamplesInTurn
{
    private readonly List<(string Name, double Work, Action Action)> _entries = [];

    /// <summary>Adds one thing to measure.</summary>
    /// <param name="name">What to call it.</param>
    /// <param name="work">Floating-point operations in one go.</param>
    /// <param name="action">One go.</param>
    internal void Add(string name, double work, Action action) => _entries.Add((name, work, action));

    /// <summary>Measures and prints.</summary>
    /// <param name="samples">Samples of each entry.</param>
    /// <param name="threads">Threads that the entries use: their figures are held against as many times the peak.</param>
    internal void Run(int samples, int threads)
    {
        double[] peak = new double[samples];
        double[][] rates = [.. _entries.Select(_ => new double[samples])];
        for (int i = -2; i < samples; i++)
        {
            double atPeak = Peak();
            for (int e = 0; e < _entries.Count; e++)
            {
                double rate = Rate(_entries[e].Work, _entries[e].Action);
                if (i >= 0)
                {
                    (peak[i], rates[e][i]) = (atPeak * threads, rate);
                }
            }
        }

        Print($"FMA on registers × {threads}", peak, peak, 0);
        for (int e = 0; e < _entries.Count; e++)
        {
            Print(_entries[e].Name, rates[e], peak, _entries[e].Work);
        }
    }

    private static double Peak()
    {
        long start = Stopwatch.GetTimestamp();
        double work = PeakMultiplyAdd.Run(500_000);
        return work / Stopwatch.GetElapsedTime(start).TotalSeconds * 1e-9;
    }

    /// <summary>GFLOP/s of one sample, as many goes as fill a millisecond.</summary>
    private static double Rate(double work, Action action)
    {
        int goes = 0;
        TimeSpan elapsed;
        long start = Stopwatch.GetTimestamp();
        do
        {
            action();
            goes++;
            elapsed = Stopwatch.GetElapsedTime(start);
        }
        while (elapsed.TotalMilliseconds < 1);
        return goes * work / elapsed.TotalSeconds * 1e-9;
    }

    private static void Print(string name, double[] rates, double[] peak, double work)
    {
        double best = rates.Max(), median = Median(rates);
        string milliseconds = work > 0 ? FormattableString.Invariant($"   {work / median * 1e-6,9:F3} ms") : "";
        Console.WriteLine(FormattableString.Invariant(
            $"{name,-44} best {best,6:F1} GFLOP/s {best / peak.Max(),6:P0}   median {median,6:F1} {median / Median(peak),6:P0}{milliseconds}"));
    }

    private static double Median(double[] values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
