using System.Diagnostics;
using Detr.Data;
using Detr.Models;
using Detr.Tensors;

namespace Detr.Training;

/// <summary>Trains a model: batch, forward, match, loss, backward, step.</summary>
public sealed class Trainer
{
    private readonly IDetectionModel _model;
    private readonly SetCriterion _criterion;
    private readonly TrainingOptions _options;
    private readonly ForwardContext _context;
    private readonly Tape _tape = new();
    private readonly Stopwatch _clock = new();
    private TimeSpan _before;
    private int _epoch;
    private int _batch;

    /// <summary>Makes a trainer.</summary>
    /// <param name="model">The model; its trainable parameters will change.</param>
    /// <param name="criterion">The loss.</param>
    /// <param name="options">How.</param>
    /// <param name="backend">Where.</param>
    /// <param name="seed">Decides dropout.</param>
    public Trainer(IDetectionModel model, SetCriterion criterion, TrainingOptions options, IBackend backend, ulong seed)
    {
        (_model, _criterion, _options) = (model, criterion, options);
        List<Parameter> trained = [.. model.Parameters.Where(parameter => parameter.Trainable)];
        Optimizer = new AdamW(
        [
            new ParameterGroup("model", [.. trained.Where(parameter => !InBackbone(parameter))], options.LearningRate, options.WeightDecay),
            new ParameterGroup("backbone", [.. trained.Where(InBackbone)], options.BackboneLearningRate, options.WeightDecay),
        ]);
        _context = new ForwardContext(backend) { Training = true, Random = new RandomStream(seed), Recomputes = options.Recompute };
    }

    /// <summary>The optimizer with its moments.</summary>
    public AdamW Optimizer { get; }

    /// <summary>Whether all epochs are done, or the time limit is reached.</summary>
    public bool IsOver => _options.TimeLimit is { } limit ? Elapsed >= limit : _epoch >= _options.Epochs;

    /// <summary>The share that is done, from 0 to 1: of the time limit where there is one, else of the epochs.</summary>
    public double Done => Math.Min(1, _options.TimeLimit is { } limit ? Elapsed / limit : (double)_epoch / _options.Epochs);

    /// <summary>Time since training began, with what runs before a resumption spent, and with what the caller does between epochs.</summary>
    public TimeSpan Elapsed => _before + _clock.Elapsed;

    /// <summary>Where training stands, to be kept with the weights and the optimizer's moments.</summary>
    public TrainingState State
    {
        get => new(_epoch, _batch, Optimizer.Steps, Elapsed.TotalSeconds, _context.Random.State);
        set
        {
            (_epoch, _batch, Optimizer.Steps, _before) = (value.Epoch, value.Batch, value.Steps, TimeSpan.FromSeconds(value.Seconds));
            _context.Random.State = value.RandomState;
            _clock.Reset();
        }
    }

    /// <summary>Trains to the end of the epoch that runs, or until the time is over.</summary>
    /// <param name="loader">The batches.</param>
    /// <param name="progress">Hears of every step.</param>
    /// <param name="cancellationToken">Stops between two steps; <see cref="State"/> is then that after the last whole one.</param>
    /// <exception cref="ArithmeticException">A loss or gradient is not a finite number; weights are as after the last good step.</exception>
    public void TrainEpoch(BatchLoader loader, Action<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        _clock.Start();
        foreach (DetectionBatch batch in loader.Epoch(_epoch, _batch, cancellationToken))
        {
            using DetectionBatch current = batch;
            cancellationToken.ThrowIfCancellationRequested();
            if (_options.TimeLimit is not null && IsOver)
            {
                return;
            }

            TrainingProgress step = Step(batch);
            _batch++;
            progress?.Invoke(step);
        }

        (_epoch, _batch) = (_epoch + 1, 0);
    }

    /// <summary>Trains on one batch.</summary>
    /// <param name="batch">The batch, which stays the caller's.</param>
    /// <exception cref="ArithmeticException">A loss or gradient is not a finite number; weights are as after the last good step.</exception>
    public TrainingProgress Step(DetectionBatch batch)
    {
        SetLearningRates(_epoch);
        using Scope scope = _context.Scope();
        _context.Tape = _tape;
        try
        {
            DetrOutput output = _model.Forward(_context, _context.Upload(batch.Shape, batch.Pixels), batch.Padding, _options.AuxiliaryLosses);
            CriterionResult result = _criterion.Forward(_context, output, batch.Targets);
            float loss = result.Total.Item();
            if (!float.IsFinite(loss))
            {
                throw new ArithmeticException($"The loss is {loss} at step {Optimizer.Steps + 1}; lower the learning rate or look for bad boxes.");
            }

            _tape.Backward(_context, result.Total);
            double norm = Optimizer.Step(_context, _options.ClipNorm);
            Dictionary<string, float> losses = new(result.Losses, StringComparer.Ordinal) { ["loss"] = loss };
            return new TrainingProgress(_epoch, Optimizer.Steps, losses, norm, Optimizer.Groups[0].LearningRate, Elapsed);
        }
        finally
        {
            _tape.Clear();
            _context.Tape = null;
        }
    }

    private static bool InBackbone(Parameter parameter) => parameter.Name.Contains("backbone", StringComparison.Ordinal);

    private void SetLearningRates(int epoch)
    {
        bool dropped = _options.TimeLimit is { } limit ? Elapsed >= limit * _options.DropShare : epoch >= _options.DropEpoch;
        float factor = dropped ? 0.1f : 1f;
        factor *= _options.WarmupSteps > 0 ? Math.Min(1f, (Optimizer.Steps + 1f) / _options.WarmupSteps) : 1f;
        foreach (ParameterGroup group in Optimizer.Groups)
        {
            group.LearningRate = group.InitialLearningRate * factor;
        }
    }
}
