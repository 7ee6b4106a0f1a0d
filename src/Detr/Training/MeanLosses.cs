using Detr.Models;

namespace Detr.Training;

/// <summary>The means of what steps report, under the reference's names: weighted as trained on, and <c>_unscaled</c>.</summary>
/// <param name="options">The factors of the losses.</param>
public sealed class MeanLosses(CriterionOptions options)
{
    private readonly SortedDictionary<string, double> _sums = new(StringComparer.Ordinal);

    /// <summary>How many steps were added.</summary>
    public int Steps { get; private set; }

    /// <summary>The sums so far, for checkpoints.</summary>
    internal IReadOnlyDictionary<string, double> Sums => _sums;

    /// <summary>Adds a step.</summary>
    /// <param name="progress">What it reported.</param>
    public void Add(TrainingProgress progress)
    {
        Steps++;
        Add("lr", progress.LearningRate);
        Add("grad_norm", progress.GradientNorm);
        foreach ((string name, float value) in progress.Losses)
        {
            if (name is "loss" or BoxSpread.Name)
            {
                Add(name, value);
                continue;
            }

            Add($"{name}_unscaled", value);
            if (name is "class_error")
            {
                Add(name, value);
            }
            else if (Factor(name) is { } factor)
            {
                Add(name, factor * (name.EndsWith(EncoderCriterion.Suffix, StringComparison.Ordinal) ? options.EncoderLoss : 1) * value);
            }
        }
    }

    /// <summary>Goes on with sums that a checkpoint held.</summary>
    /// <param name="steps">How many steps they are of.</param>
    /// <param name="sums">The sums.</param>
    internal void Restore(int steps, IReadOnlyDictionary<string, double> sums)
    {
        Steps = steps;
        foreach ((string name, double sum) in sums)
        {
            _sums[name] = sum;
        }
    }

    /// <summary>A mean by name; 0 before the first step.</summary>
    /// <param name="name">The name.</param>
    public double this[string name] => Steps == 0 ? 0 : _sums.GetValueOrDefault(name) / Steps;

    /// <summary>All means.</summary>
    public IEnumerable<(string Name, double Mean)> All => _sums.Select(pair => (pair.Key, pair.Value / Steps));

    private float? Factor(string name) => name switch
    {
        _ when name.Contains("loss_ce", StringComparison.Ordinal) => options.ClassLoss,
        _ when name.Contains("loss_bbox", StringComparison.Ordinal) => options.BoxLoss,
        _ when name.Contains("loss_giou", StringComparison.Ordinal) => options.OverlapLoss,
        "loss_mask" => options.MaskLoss,
        "loss_dice" => options.DiceLoss,
        _ => null,
    };

    private void Add(string name, double value) => _sums[name] = _sums.GetValueOrDefault(name) + value;
}
