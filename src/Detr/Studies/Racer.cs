namespace Detr.Studies;

/// <summary>A detector that is compared with others by how it learns.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Runs">Its trainings, which differ by their seeds; at least one.</param>
internal sealed record Racer(string Name, IReadOnlyList<LearningCurve> Runs)
{
    /// <summary>The mean of its trainings.</summary>
    internal LearningCurve Mean { get; } = LearningCurve.Mean(Runs);

    /// <summary>Average precision when training ends.</summary>
    internal double Final => Mean.Precisions[^1];

    /// <summary>Steps of a training.</summary>
    internal double Steps => Mean.Steps[^1];

    /// <summary>How long a training takes.</summary>
    internal double Seconds => Mean.Seconds[^1];
}
