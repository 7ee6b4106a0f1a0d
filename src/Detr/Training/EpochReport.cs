namespace Detr.Training;

/// <summary>What an epoch brought.</summary>
/// <param name="Epoch">From 0.</param>
/// <param name="Steps">Steps done in all.</param>
/// <param name="Elapsed">Since training began.</param>
/// <param name="Losses">The epoch's means.</param>
/// <param name="Evaluation">The figures on the validation split, where this epoch was evaluated.</param>
public sealed record EpochReport(int Epoch, int Steps, TimeSpan Elapsed, MeanLosses Losses, EvaluationResult? Evaluation);
