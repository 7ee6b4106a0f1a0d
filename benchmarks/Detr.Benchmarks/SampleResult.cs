namespace Detr.Benchmarks;

/// <summary>What <see cref="SamplesInTurn"/> found of one entry.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Best">The best sample, GFLOP/s.</param>
/// <param name="Median">The middle one, GFLOP/s.</param>
/// <param name="BestShare">The best as a share of the best that multiply-adds on registers reached.</param>
/// <param name="MedianShare">The same of the middle ones.</param>
/// <param name="Milliseconds">The middle time of one go; 0 for the peak itself.</param>
internal sealed record SampleResult(string Name, double Best, double Median, double BestShare, double MedianShare, double Milliseconds);
