namespace Detr.Data;

/// <summary>A range of values and how many fall into it.</summary>
/// <param name="Label">The range in words.</param>
/// <param name="Count">How many.</param>
public sealed record HistogramBin(string Label, int Count);
