namespace Detr.Studies;

/// <summary>A row of numbers.</summary>
/// <param name="Label">What they are of.</param>
/// <param name="Values">One for each column; null where there is none.</param>
public sealed record StudyRow(string Label, params IReadOnlyList<double?> Values);
