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
    private readonly Stopwatch _clock = new();

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
        _context = new ForwardContext(backend) { Training = true, Random = new RandomStream(seed) };
    }

    /// <summary>The optimizer with its moments.</summary>
    public AdamW Optimizer { get; }

    /// <summary>Whether the time limit is reached.</summary>
    public bool IsOver => _options.TimeLimit is { } limit && _clock.Elapsed >= limit;

    /// <summary>Trains for one epoch, or until the time is over.</summary>
    /// <param name="loader">The batches.</param>
    /// <param name="epoch">From 0.</param>
    /// <param name="progress">Hears of every step.</param>
    /// <param name="cancellationToken">Stops before the next step.</param>
    /// <exception cref="ArithmeticException">A loss or gradient is not a finite number; weights are as after the last good step.</exception>
    public void TrainEpoch(BatchLoader loader, int epoch, Action<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        _clock.Start();
        foreach (DetectionBatch batch in loader.Epoch(epoch, cancellationToken))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (IsOver)
            {
                break;
            }

            SetLearningRates(epoch);
            progress?.Invoke(Step(batch, epoch));
        }

        _clock.Stop();
    }

    private static bool InBackbone(Parameter parameter) => parameter.Name.Contains("backbone", StringComparison.Ordinal);

    private TrainingProgress Step(DetectionBatch batch, int epoch)
    {
        using Scope scope = _context.Scope();
        Tape tape = new();
        _context.Tape = tape;
        try
        {
            DetrOutput output = _model.Forward(_context, _context.Upload(batch.Shape, batch.Pixels), batch.Padding, _options.AuxiliaryLosses);
            CriterionResult result = _criterion.Forward(_context, output, batch.Targets);
            float loss = result.Total.Item();
            if (!float.IsFinite(loss))
            {
                throw new ArithmeticException($"The loss is {loss} at step {Optimizer.Steps + 1}; lower the learning rate or look for bad boxes.");
            }

            tape.Backward(_context, result.Total);
            double norm = Optimizer.Step(_context, _options.ClipNorm);
            Dictionary<string, float> losses = new(result.Losses, StringComparer.Ordinal) { ["loss"] = loss };
            return new TrainingProgress(epoch, Optimizer.Steps, losses, norm, Optimizer.Groups[0].LearningRate, _clock.Elapsed);
        }
        finally
        {
            tape.Clear();
            _context.Tape = null;
        }
    }

    private void SetLearningRates(int epoch)
    {
        bool dropped = _options.TimeLimit is { } limit ? _clock.Elapsed >= limit * _options.DropShare : epoch >= _options.DropEpoch;
        float factor = dropped ? 0.1f : 1f;
        factor *= _options.WarmupSteps > 0 ? Math.Min(1f, (Optimizer.Steps + 1f) / _options.WarmupSteps) : 1f;
        foreach (ParameterGroup group in Optimizer.Groups)
        {
            group.LearningRate = group.InitialLearningRate * factor;
        }
    }
}
