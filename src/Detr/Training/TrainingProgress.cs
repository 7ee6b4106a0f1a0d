namespace Detr.Training;

/// <summary>Where a training run is.</summary>
/// <param name="Epoch">From 0.</param>
/// <param name="Step">Steps done in all.</param>
/// <param name="Losses">The last step's losses by the reference's names, with <c>loss</c> the weighted sum.</param>
/// <param name="GradientNorm">Before clipping.</param>
/// <param name="LearningRate">Of all but the backbone.</param>
/// <param name="Elapsed">Since training began.</param>
public sealed record TrainingProgress(
    int Epoch, int Step, IReadOnlyDictionary<string, float> Losses, double GradientNorm, float LearningRate, TimeSpan Elapsed);
