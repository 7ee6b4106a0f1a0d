namespace Detr.Models;

/// <summary>What a model made of denoising queries.</summary>
/// <param name="Queries">The queries.</param>
/// <param name="Predictions">The predictions of their slots, [batch, slots, …], with those of earlier decoder layers.</param>
public sealed record DenoisingOutput(DenoisingQueries Queries, DetrOutput Predictions);
