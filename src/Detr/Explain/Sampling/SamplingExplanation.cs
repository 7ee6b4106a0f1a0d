namespace Detr.Explain;

/// <summary>What was found in a picture, and where the queries that found it sampled.</summary>
/// <param name="Detections">Every query's detection, in query order.</param>
/// <param name="Levels">Rows and columns of each level of the pyramid over the picture, the finest first.</param>
/// <param name="Queries">The queries that were asked about, in the order asked for.</param>
public sealed record SamplingExplanation(IReadOnlyList<Detection> Detections, IReadOnlyList<(int Height, int Width)> Levels, IReadOnlyList<SampledQuery> Queries);
