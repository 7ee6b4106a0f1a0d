namespace Detr.Training;

/// <summary>Where a training run stands; with the weights and the optimizer's moments, all that going on needs.</summary>
/// <param name="Epoch">The epoch that runs, from 0.</param>
/// <param name="Batch">Batches of it that are done.</param>
/// <param name="Steps">Steps done in all.</param>
/// <param name="Seconds">Time spent.</param>
/// <param name="RandomState">The state of the stream that decides dropout and noise.</param>
public sealed record TrainingState(int Epoch, int Batch, int Steps, double Seconds, ulong RandomState);
