using Detr.Figures;

namespace Detr.Reports;

/// <summary>A map that a page can show.</summary>
/// <param name="Query">The query that it is of.</param>
/// <param name="Description">What it shows.</param>
/// <param name="Values">[rows, columns] of the page's placement.</param>
public sealed record ExplainedMap(int Query, MapDescription Description, ReadOnlyMemory<float> Values);
