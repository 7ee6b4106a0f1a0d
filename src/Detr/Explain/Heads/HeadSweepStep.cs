namespace Detr.Explain;

/// <summary>A model with its first heads off.</summary>
/// <param name="Off">How many heads are off in each layer, from the first; 0 in the whole model.</param>
/// <param name="Detections">Every query's detection, in query order.</param>
/// <param name="Scores">For each of the sweep's objects, how probable its class still is at its query.</param>
/// <param name="Maps">For each of the sweep's objects, what speaks for its class at its query.</param>
public sealed record HeadSweepStep(int Off, IReadOnlyList<Detection> Detections, IReadOnlyList<float> Scores, IReadOnlyList<RelevanceMap> Maps);
