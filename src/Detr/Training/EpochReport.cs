namespace Detr.Training;

/// <summary>What an epoch brought.</summary>
/// <param name="Epoch">From 0.</param>
/// <param name="Steps">Steps done in all.</param>
/// <param name="Elapsed">Since training began.</param>
/// <param name="Losses">The epoch's means.</param>
/// <param name="Evaluation">The figures of the last weights on the validation split, where they were evaluated after this epoch.</param>
/// <param name="Averaged">The figures of the averaged weights, where there are such and they were evaluated.</param>
public sealed record EpochReport(int Epoch, int Steps, TimeSpan Elapsed, MeanLosses Losses, EvaluationResult? Evaluation, EvaluationResult? Averaged = null)
{
    /// <summary>The better of both evaluations; null where there was none.</summary>
    public EvaluationResult? Better => IsAveragedBetter ? Averaged : Evaluation;

    /// <summary>Whether the averaged weights were evaluated, and found better than the last ones.</summary>
    public bool IsAveragedBetter => Averaged?.Quality > (Evaluation?.Quality ?? -1);
}
