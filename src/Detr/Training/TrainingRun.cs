using Detr.Data;
using Detr.Figures;
using Detr.Models;
using Detr.Reports;

namespace Detr.Training;

/// <summary>
/// A whole training in a folder: <c>model.safetensors</c> (the last weights), <c>averaged.safetensors</c> (their running mean,
/// where there is one), <c>best.safetensors</c> (the better of both at the best evaluation), <c>checkpoint.safetensors</c> (to go on
/// from), <c>log.txt</c> and <c>curves.png</c>. Whatever ends it, it can go on from its last save as if it had never ended.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="categories">What its classes are called.</param>
/// <param name="trainer">Its trainer.</param>
/// <param name="loader">The batches.</param>
/// <param name="log">The log.</param>
/// <param name="folder">The run's folder, which exists.</param>
public sealed class TrainingRun(DetrModel model, IReadOnlyList<Category> categories, Trainer trainer, BatchLoader loader, RunLog log, string folder) : IDisposable
{
    // Saves are a minute apart and take a fiftieth of the time, whichever is more.
    private const double SavingShare = 0.02;
    private static readonly TimeSpan LeastBetweenSaves = TimeSpan.FromSeconds(60);

    private RunLock? _lock;
    private double? _best;
    private int _withoutGain;
    private bool _isAveragedAhead;
    private int? _pending;
    private MeanLosses? _losses;
    private TimeSpan _saved;
    private TimeSpan _betweenSaves = LeastBetweenSaves;
    private int _savedStep;

    /// <summary>The file to go on from.</summary>
    public static string CheckpointFile(string folder) => Path.Combine(folder, "checkpoint.safetensors");

    /// <summary>The last weights.</summary>
    public static string ModelFileOf(string folder) => Path.Combine(folder, "model.safetensors");

    /// <summary>The running mean of the weights.</summary>
    public static string AveragedFile(string folder) => Path.Combine(folder, "averaged.safetensors");

    /// <summary>The weights of the best evaluation on the validation split, by <see cref="EvaluationResult.Quality"/>.</summary>
    public static string BestFile(string folder) => Path.Combine(folder, "best.safetensors");

    /// <summary>The picture of losses and average precision.</summary>
    public static string CurvesFile(string folder) => Path.Combine(folder, "curves.png");

    /// <summary>
    /// Evaluates a model: the averaged one, and the one that is trained. That one is left out while it was behind when both were last evaluated
    /// and the averaged one goes on rising, unless the run is over. Null for never.
    /// </summary>
    public Func<DetrModel, CancellationToken, EvaluationResult>? Evaluate { get; init; }

    /// <summary>How many evaluations are spread over the run, the last one at its end.</summary>
    public int Evaluations { get; init; } = 10;

    /// <summary>The run ends after so many evaluations without a better one; 0 for never.</summary>
    public int Patience { get; init; }

    /// <summary>Steps from one save to the next; null for about a minute's.</summary>
    public int? SaveEvery { get; init; }

    /// <summary>What the run's numbers are decided by, under any names: kept in its checkpoint for <see cref="Resume"/> to give back.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The factors of the losses, for the log.</summary>
    public CriterionOptions Criterion { get; init; } = new();

    /// <summary>Shows the run in its folder as it grows; null for not.</summary>
    public RunReport? Report { get; init; }

    /// <summary>Hears of every step.</summary>
    public Action<TrainingProgress>? OnStep { get; init; }

    /// <summary>Hears of every epoch.</summary>
    public Action<EpochReport>? OnEpoch { get; init; }

    /// <summary>Whether nothing is left to do.</summary>
    public bool IsOver => _pending is null && (trainer.IsOver || HasLostPatience);

    /// <summary>Whether none was better than those before for as many evaluations as <see cref="Patience"/> says.</summary>
    public bool HasLostPatience => Patience > 0 && _withoutGain >= Patience;

    /// <summary>Begins a run: what the folder's log says of an earlier one is deleted.</summary>
    /// <exception cref="IOException">Another process trains in the folder, or it cannot be written to.</exception>
    public void Begin()
    {
        _lock ??= RunLock.Take(folder);
        File.Delete(log.Path);
    }

    /// <summary>Goes on where the folder's checkpoint stands.</summary>
    /// <returns>The <see cref="Settings"/> that it was saved with.</returns>
    /// <exception cref="FileNotFoundException">There is no checkpoint.</exception>
    /// <exception cref="InvalidDataException">It is not of this model or this training.</exception>
    /// <exception cref="IOException">Another process trains in the folder, or it cannot be written to.</exception>
    public IReadOnlyDictionary<string, string> Resume()
    {
        _lock ??= RunLock.Take(folder);
        RunState state = TrainingCheckpoint.Restore(CheckpointFile(folder), model, trainer);
        if (state.Batches != loader.Batches)
        {
            throw new InvalidDataException($"The run in {folder} was begun with {state.Batches} batches an epoch, and now there are {loader.Batches}; resume with the same pictures and the same --batch-size, or begin anew with --pretrained.");
        }

        (_best, _withoutGain, _isAveragedAhead, _pending) = (state.BestQuality, state.EvaluationsWithoutGain, state.IsAveragedAhead, state.PendingEpoch);
        _losses = new MeanLosses(Criterion);
        _losses.Restore(state.LossSteps, state.LossSums);
        (_saved, _savedStep) = (trainer.Elapsed, trainer.State.Steps);
        log.Rewind(_pending ?? trainer.State.Epoch);
        return state.Settings;
    }

    /// <summary>Trains to the end. When stopped, the state after the last whole step is saved first.</summary>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>The report of the last epoch; null when there was nothing left to do.</returns>
    /// <exception cref="OperationCanceledException">Training was stopped.</exception>
    /// <exception cref="ArithmeticException">A loss or gradient is not a finite number; what was saved before stands.</exception>
    /// <exception cref="InvalidDataException">A picture is damaged; the state after the last whole step was saved.</exception>
    /// <exception cref="IOException">A file cannot be read or written, or another process trains in the folder; what was saved before stands.</exception>
    public EpochReport? Run(CancellationToken cancellationToken = default)
    {
        _lock ??= RunLock.Take(folder);
        EpochReport? last = null;
        Report?.Begin();
        while (!IsOver)
        {
            last = RunEpoch(cancellationToken);
        }

        return last;
    }

    /// <summary>The figures of the weights in <see cref="BestFile"/>, once the run is over: those of its last epoch where that was the best, else found anew.</summary>
    /// <param name="last">The last epoch.</param>
    /// <param name="cancellationToken">Stops the evaluation.</param>
    /// <returns>Null where nothing was evaluated.</returns>
    /// <exception cref="IOException">The file or a picture cannot be read.</exception>
    /// <exception cref="OperationCanceledException">The evaluation was stopped.</exception>
    public EvaluationResult? EvaluateBest(EpochReport? last, CancellationToken cancellationToken = default)
        => _withoutGain == 0 || Evaluate is null ? last?.Better : Evaluate(ModelFile.Load(BestFile(folder)).Model, cancellationToken);

    /// <summary>Lets other processes train in the folder.</summary>
    public void Dispose() => _lock?.Dispose();

    private EpochReport RunEpoch(CancellationToken cancellationToken)
    {
        int epoch = _pending ?? trainer.State.Epoch;
        bool isDue = _pending is not null;
        if (!isDue)
        {
            double before = trainer.Done;
            TrainEpoch(cancellationToken);
            isDue = trainer.IsOver || Math.Floor(trainer.Done * Evaluations) > Math.Floor(before * Evaluations);
            _pending = epoch;
            if (isDue)
            {
                Save();
                SaveModels();
            }
        }

        (EvaluationResult? evaluation, EvaluationResult? averaged) = isDue && Evaluate is not null ? EvaluateBoth(Evaluate, cancellationToken) : default;
        EpochReport report = new(epoch, trainer.State.Steps, trainer.Elapsed, _losses ?? new MeanLosses(Criterion), evaluation, averaged);
        KeepBest(report);
        log.Append(report);
        _pending = null;
        if (trainer.State.Epoch > epoch)
        {
            // The end of the time may come within an epoch, which goes on if the run is given more.
            _losses = null;
        }

        if (isDue)
        {
            PngFile.Write(TrainingCurves.Draw(log.Path), CurvesFile(folder));
            Save();
        }

        Report?.Add(report, IsOver);
        OnEpoch?.Invoke(report);
        return report;
    }

    private (EvaluationResult? Last, EvaluationResult? Averaged) EvaluateBoth(Func<DetrModel, CancellationToken, EvaluationResult> evaluate, CancellationToken cancellationToken)
    {
        EvaluationResult? averaged = trainer.Average is { } average ? evaluate(average.Model, cancellationToken) : null;
        if (_isAveragedAhead && averaged?.Quality > _best && !trainer.IsOver)
        {
            return (null, averaged);
        }

        EvaluationResult last = evaluate(model, cancellationToken);
        _isAveragedAhead = averaged?.Quality > last.Quality;
        return (last, averaged);
    }

    private void TrainEpoch(CancellationToken cancellationToken)
    {
        MeanLosses losses = _losses ??= new MeanLosses(Criterion);
        try
        {
            trainer.TrainEpoch(loader, progress =>
            {
                losses.Add(progress);
                OnStep?.Invoke(progress);
                if (SaveEvery is { } steps ? progress.Step - _savedStep >= steps : trainer.Elapsed - _saved >= _betweenSaves)
                {
                    Save();
                }
            }, cancellationToken);
        }
        catch (Exception error) when (error is OperationCanceledException or InvalidDataException or IOException or UnauthorizedAccessException)
        {
            // All of these come between two steps.
            SaveAfter(error);
            throw;
        }
    }

    private void SaveAfter(Exception error)
    {
        try
        {
            Save();
            SaveModels();
        }
        catch (IOException) when (error is IOException)
        {
            // The disk is at fault, and the first sentence about it is enough.
        }
    }

    private void KeepBest(EpochReport report)
    {
        if (report.Better?.Quality is not { } quality)
        {
            return;
        }

        if (quality > (_best ?? -1))
        {
            (_best, _withoutGain) = (quality, 0);
            ModelFile.Save(BestFile(folder), report.IsAveragedBetter ? trainer.Average!.Model : model, categories);
        }
        else
        {
            _withoutGain++;
        }
    }

    private void Save()
    {
        TimeSpan begun = trainer.Elapsed;
        RunState state = new()
        {
            BestQuality = _best, EvaluationsWithoutGain = _withoutGain, IsAveragedAhead = _isAveragedAhead, PendingEpoch = _pending, Batches = loader.Batches,
            LossSteps = _losses?.Steps ?? 0, LossSums = _losses?.Sums ?? new RunState().LossSums, Settings = Settings,
        };
        TrainingCheckpoint.Save(CheckpointFile(folder), model, categories, trainer, state);
        (_saved, _savedStep) = (trainer.Elapsed, trainer.State.Steps);
        _betweenSaves = TimeSpan.FromTicks(Math.Max(LeastBetweenSaves.Ticks, (long)((_saved - begun).Ticks / SavingShare)));
    }

    private void SaveModels()
    {
        ModelFile.Save(ModelFileOf(folder), model, categories);
        if (trainer.Average is { } average)
        {
            ModelFile.Save(AveragedFile(folder), average.Model, categories);
        }
    }
}
