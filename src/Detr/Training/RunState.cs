using System.Text.Json.Serialization;

namespace Detr.Training;

/// <summary>Where a run stands, beyond what its trainer knows.</summary>
internal sealed record RunState
{
    /// <summary>The best <see cref="EvaluationResult.Quality"/> so far, if any was measured; in files under the name that it had first.</summary>
    [JsonPropertyName("best_average_precision")]
    public double? BestQuality { get; init; }

    /// <summary>Evaluations since the one with the best quality.</summary>
    public int EvaluationsWithoutGain { get; init; }

    /// <summary>Whether the averaged weights were the better ones when both were evaluated last.</summary>
    public bool IsAveragedAhead { get; init; }

    /// <summary>An epoch that is trained, but not evaluated and not in the log yet.</summary>
    public int? PendingEpoch { get; init; }

    /// <summary>How many steps <see cref="LossSums"/> are of.</summary>
    public int LossSteps { get; init; }

    /// <summary>What the steps of the epoch that runs, or is pending, reported.</summary>
    public IReadOnlyDictionary<string, double> LossSums { get; init; } = new Dictionary<string, double>(StringComparer.Ordinal);

    /// <summary>What the run's numbers were decided by, under names that are the caller's.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>How many batches an epoch has, which the place in the epoch counts.</summary>
    public int Batches { get; init; }
}
