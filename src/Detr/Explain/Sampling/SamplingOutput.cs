using Detr.Models;

namespace Detr.Explain;

/// <summary>A model's predictions for a picture, and where the queries sampled it.</summary>
/// <param name="Output">The predictions, in the caller's scope.</param>
/// <param name="Levels">Rows and columns of each level of the pyramid, the finest first.</param>
/// <param name="Queries">The queries that were asked about, in the order asked for.</param>
public sealed record SamplingOutput(DetrOutput Output, IReadOnlyList<(int Height, int Width)> Levels, IReadOnlyList<SampledQuery> Queries);
