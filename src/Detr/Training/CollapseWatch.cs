namespace Detr.Training;

/// <summary>
/// Notices when all queries of a model give nearly the same box. A fresh model begins like that, so it is given time to learn
/// that boxes differ; what comes after is a collapse.
/// </summary>
/// <param name="grace">Steps, counted from the training's first, that are not judged; 0 for a model that has learnt.</param>
public sealed class CollapseWatch(int grace)
{
    /// <summary>Steps that a model from scratch is given at least. Those that learn pass <see cref="BoxSpread.Collapsed"/> after one to two hundred.</summary>
    public const int StepsFromScratch = 500;

    private double _sum;
    private int _steps;

    /// <summary>Adds a step.</summary>
    /// <param name="progress">What it reported.</param>
    public void Add(TrainingProgress progress)
    {
        if (progress.Step > grace)
        {
            _sum += progress.Losses[BoxSpread.Name];
            _steps++;
        }
    }

    /// <summary>Ends an epoch.</summary>
    /// <returns>The mean spread over those of its steps that count, if that is a collapse; else null.</returns>
    public double? EndEpoch()
    {
        double mean = _steps == 0 ? double.NaN : _sum / _steps;
        (_sum, _steps) = (0, 0);
        return mean < BoxSpread.Collapsed ? mean : null;
    }
}
