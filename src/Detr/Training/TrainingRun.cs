using Detr.Data;
using Detr.Figures;
using Detr.Imaging;
using Detr.Models;
using Detr.Reports;

namespace Detr.Training;

/// <summary>
/// A whole training in a folder: <c>model.safetensors</c> (the last weights), <c>best.safetensors</c> (those of the highest
/// AP), <c>checkpoint.safetensors</c> (to go on from), <c>log.txt</c> and <c>curves.png</c>.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="categories">What its classes are called.</param>
/// <param name="trainer">Its trainer.</param>
/// <param name="loader">The batches.</param>
/// <param name="log">The log.</param>
/// <param name="folder">The run's folder, which exists.</param>
public sealed class TrainingRun(DetrModel model, IReadOnlyList<Category> categories, Trainer trainer, BatchLoader loader, RunLog log, string folder)
{
    private static readonly TimeSpan LeastBetweenSaves = TimeSpan.FromSeconds(60);
    private double? _best;
    private TimeSpan _saved;

    /// <summary>The file to go on from.</summary>
    public static string CheckpointFile(string folder) => Path.Combine(folder, "checkpoint.safetensors");

    /// <summary>The last weights.</summary>
    public static string ModelFileOf(string folder) => Path.Combine(folder, "model.safetensors");

    /// <summary>The weights of the highest AP on the validation split.</summary>
    public static string BestFile(string folder) => Path.Combine(folder, "best.safetensors");

    /// <summary>The picture of losses and average precision.</summary>
    public static string CurvesFile(string folder) => Path.Combine(folder, "curves.png");

    /// <summary>Evaluates the model as it is; null for never.</summary>
    public Func<CancellationToken, EvaluationResult>? Evaluate { get; init; }

    /// <summary>How many evaluations are spread over the run, the last one at its end.</summary>
    public int Evaluations { get; init; } = 10;

    /// <summary>The factors of the losses, for the log.</summary>
    public CriterionOptions Criterion { get; init; } = new();

    /// <summary>Shows the run in its folder as it grows; null for not.</summary>
    public RunReport? Report { get; init; }

    /// <summary>Hears of every step.</summary>
    public Action<TrainingProgress>? OnStep { get; init; }

    /// <summary>Hears of every epoch.</summary>
    public Action<EpochReport>? OnEpoch { get; init; }

    /// <summary>Goes on where the folder's checkpoint stands.</summary>
    /// <exception cref="FileNotFoundException">There is no checkpoint.</exception>
    /// <exception cref="InvalidDataException">It is not of this model or this training.</exception>
    public void Resume()
    {
        _best = TrainingCheckpoint.Restore(CheckpointFile(folder), model, trainer);
        _saved = trainer.Elapsed;
        log.Rewind(trainer.State.Epoch);
    }

    /// <summary>Trains to the end. When stopped, the state after the last whole step is saved first.</summary>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>The evaluation at the end, where there is a validation split.</returns>
    /// <exception cref="OperationCanceledException">Training was stopped.</exception>
    /// <exception cref="ArithmeticException">A loss or gradient is not a finite number; what was saved before stands.</exception>
    /// <exception cref="IOException">A file cannot be written; what was saved before stands.</exception>
    public EvaluationResult? Run(CancellationToken cancellationToken = default)
    {
        EvaluationResult? last = null;
        Report?.Begin();
        while (!trainer.IsOver)
        {
            last = RunEpoch(cancellationToken);
        }

        return last;
    }

    private EvaluationResult? RunEpoch(CancellationToken cancellationToken)
    {
        MeanLosses losses = new(Criterion);
        int epoch = trainer.State.Epoch;
        double before = trainer.Done;
        try
        {
            trainer.TrainEpoch(loader, progress =>
            {
                losses.Add(progress);
                OnStep?.Invoke(progress);
            }, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Save();
            throw;
        }

        bool isDue = trainer.IsOver || Math.Floor(trainer.Done * Evaluations) > Math.Floor(before * Evaluations);
        if (isDue || trainer.Elapsed - _saved >= LeastBetweenSaves)
        {
            Save();
        }

        EvaluationResult? evaluation = isDue ? Evaluate?.Invoke(cancellationToken) : null;
        if (evaluation?.Summary.AP is { } precision && precision > (_best ?? -1))
        {
            _best = precision;
            ModelFile.Save(BestFile(folder), model, categories);
        }

        EpochReport report = new(epoch, trainer.State.Steps, trainer.Elapsed, losses, evaluation);
        log.Append(report);
        if (isDue)
        {
            PngEncoder.Write(TrainingCurves.Draw(log.Path), CurvesFile(folder));
        }

        Report?.Add(report, trainer.IsOver);
        OnEpoch?.Invoke(report);
        return evaluation;
    }

    private void Save()
    {
        TrainingCheckpoint.Save(CheckpointFile(folder), model, categories, trainer, _best);
        ModelFile.Save(ModelFileOf(folder), model, categories);
        _saved = trainer.Elapsed;
    }
}
