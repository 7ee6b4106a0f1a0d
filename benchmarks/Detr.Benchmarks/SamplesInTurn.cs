using System.Diagnostics;

namespace Detr.Benchmarks;

/// <summary>
/// Measures several things in turn, many short samples of each with the processor's peak between them, because a shared
/// machine's speed moves while one looks: only figures taken side by side can be compared.
/// </summary>
internal sealed class SamplesInTurn
{
    private const int PeakSamples = 21;
    private readonly List<(string Name, double Work, Action Action)> _entries = [];

    /// <summary>Adds one thing to measure.</summary>
    /// <param name="name">What to call it.</param>
    /// <param name="work">Floating-point operations in one go.</param>
    /// <param name="action">One go.</param>
    internal void Add(string name, double work, Action action) => _entries.Add((name, work, action));

    /// <summary>Measures and prints.</summary>
    /// <param name="samples">Samples of each entry.</param>
    /// <param name="threads">Threads that the entries use: their figures are held against as many times the peak.</param>
    internal void Run(int samples, int threads) => Print(Measure(samples, threads));

    /// <summary>Measures.</summary>
    /// <param name="samples">Samples of each entry.</param>
    /// <param name="threads">Threads that the entries use: their figures are held against as many times the peak.</param>
    /// <returns>The peak itself, then every entry.</returns>
    internal IReadOnlyList<SampleResult> Measure(int samples, int threads)
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

        return [Result($"FMA on registers × {threads}", peak, 0), .. _entries.Select((entry, e) => Result(entry.Name, rates[e], entry.Work))];

        SampleResult Result(string name, double[] found, double work)
        {
            double best = found.Max(), median = Median(found);
            return new SampleResult(name, best, median, best / peak.Max(), median / Median(peak), work / median * 1e-6);
        }
    }

    /// <summary>Prints what was measured.</summary>
    internal static void Print(IEnumerable<SampleResult> results)
    {
        foreach (SampleResult result in results)
        {
            string milliseconds = result.Milliseconds > 0 ? FormattableString.Invariant($"   {result.Milliseconds,9:F3} ms") : "";
            Console.WriteLine(FormattableString.Invariant(
                $"{result.Name,-44} best {result.Best,6:F1} GFLOP/s {result.BestShare,6:P0}   median {result.Median,6:F1} {result.MedianShare,6:P0}{milliseconds}"));
        }
    }

    /// <summary>GFLOP/s of multiply-adds on registers alone, one thread: the middle of several samples.</summary>
    internal static double MedianPeak() => Median([.. Enumerable.Range(0, PeakSamples).Select(_ => Peak())]);

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

    private static double Median(double[] values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
