using System.Diagnostics;
using Detr.Data;
using Detr.Models;
using Detr.Tensors;

namespace Detr.Training;

/// <summary>Trains a model: batch, forward, match, loss, backward, step.</summary>
public sealed class Trainer
{
    private const int PicturesNamed = 8;

    private readonly IDetectionModel _model;
    private readonly SetCriterion _criterion;
    private readonly TrainingOptions _options;
    private readonly AuxiliaryOutputs _auxiliary;
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
    /// <param name="seed">Decides dropout and noise.</param>
    public Trainer(IDetectionModel model, SetCriterion criterion, TrainingOptions options, IBackend backend, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.AccumulatedBatches, 1);
        (_model, _criterion, _options) = (model, criterion, options);
        Denoising = model is DetrModel detector ? DenoisingRules.Of(detector.Options.Variant) : null;
        List<Parameter> trained = [.. model.Parameters.Where(parameter => parameter.Trainable)];
        bool isFrozen = criterion.LearnsMasks && trained.TrueForAll(parameter => MaskHead.Owns(parameter.Name));
        _auxiliary = (options.AuxiliaryLosses && !isFrozen ? AuxiliaryOutputs.Decoder : AuxiliaryOutputs.None)
            | (criterion.Options.EncoderLoss > 0 && !isFrozen ? AuxiliaryOutputs.Encoder : AuxiliaryOutputs.None)
            | (criterion.LearnsMasks ? AuxiliaryOutputs.Masks : AuxiliaryOutputs.None);
        Optimizer = new AdamW([.. ParameterGroups.Of(trained, options, (model as DetrModel)?.Options.Variant ?? DetrVariant.Detr)]);

        // A mask head learns from what a frozen detector gives in use: nothing is dropped, and no norm follows the pictures.
        _context = new ForwardContext(backend) { Training = !isFrozen, Random = new RandomStream(seed), Recomputes = options.Recompute };
    }

    /// <summary>The optimizer with its moments.</summary>
    public AdamW Optimizer { get; }

    /// <summary>The running mean of the weights, which every step is taken into; null for none.</summary>
    public WeightAverage? Average { get; init; }

    /// <summary>Makes noised objects in every step, from which the model learns beside its queries; the published rule of the model, or null where it has none.</summary>
    public IDenoisingRule? Denoising { get; init; }

    /// <summary>Trains without some attention heads; null for all of them.</summary>
    public IHeadMask? HeadMask
    {
        get => _context.HeadMask;
        init => _context.HeadMask = value;
    }

    /// <summary>Whether all epochs are done, or the time limit is reached.</summary>
    public bool IsOver => _options.TimeLimit is { } limit ? Elapsed >= limit : _epoch >= _options.Epochs;

    /// <summary>The share that is done, from 0 to 1: of the time limit where there is one, else of the epochs.</summary>
    public double Done => Math.Min(1, _options.TimeLimit is { } limit ? Elapsed / limit : (double)_epoch / _options.Epochs);

    /// <summary>Time since training began, with what runs before a resumption spent, and with what the caller does between epochs unless it calls <see cref="StopClock"/>.</summary>
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

    /// <summary>Trains to the end of the epoch that runs, or until the time is over. Batches that are too few for a step are left out.</summary>
    /// <param name="loader">The batches.</param>
    /// <param name="progress">Hears of every step.</param>
    /// <param name="cancellationToken">Stops between two steps; <see cref="State"/> is then that after the last whole one.</param>
    /// <exception cref="ArithmeticException">A loss or gradient is not a finite number; weights are as after the last good step.</exception>
    public void TrainEpoch(BatchLoader loader, Action<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        _clock.Start();
        int last = loader.Batches - (loader.Batches % _options.AccumulatedBatches);
        List<DetectionBatch> batches = [];
        try
        {
            foreach (DetectionBatch batch in loader.Epoch(_epoch, _batch, cancellationToken))
            {
                batches.Add(batch);
                cancellationToken.ThrowIfCancellationRequested();
                if (batches.Count < _options.AccumulatedBatches)
                {
                    continue;
                }

                if (_options.TimeLimit is not null && IsOver)
                {
                    break;
                }

                TrainingProgress step = Step(batches, loader, (double)_batch / last);
                _batch += batches.Count;
                Let(batches);
                progress?.Invoke(step);
            }
        }
        finally
        {
            Let(batches);
        }

        if (_batch >= last)
        {
            (_epoch, _batch) = (_epoch + 1, 0);
        }

        static void Let(List<DetectionBatch> batches)
        {
            batches.ForEach(batch => batch.Dispose());
            batches.Clear();
        }
    }

    /// <summary>Stops the clock of <see cref="Elapsed"/> until an epoch goes on: what the caller does meanwhile does not count.</summary>
    public void StopClock() => _clock.Stop();

    /// <summary>Trains on one batch.</summary>
    /// <param name="batch">The batch, which stays the caller's.</param>
    /// <exception cref="ArithmeticException">A loss or gradient is not a finite number; weights are as after the last good step.</exception>
    public TrainingProgress Step(DetectionBatch batch) => Step([batch], partOfEpoch: 0);

    private TrainingProgress Step(List<DetectionBatch> batches, BatchLoader loader, double partOfEpoch)
    {
        try
        {
            return Step(batches, partOfEpoch);
        }
        catch (ArithmeticException error) when (error.GetType() == typeof(ArithmeticException))
        {
            string[] names = [.. batches.SelectMany(batch => batch.Indices).Select(loader.NameOf)];
            string pictures = string.Join(", ", names.Take(PicturesNamed)) + (names.Length > PicturesNamed ? $" and {names.Length - PicturesNamed} more" : string.Empty);
            throw new ArithmeticException(
                $"Training failed in step {Optimizer.Steps + 1}, epoch {_epoch}, on {pictures}: {error.Message.TrimEnd('.')}; what was saved before stands: lower the learning rate, or look at the boxes of these pictures.", error);
        }
    }

    private TrainingProgress Step(List<DetectionBatch> batches, double partOfEpoch)
    {
        SetLearningRates(partOfEpoch);
        try
        {
            Dictionary<string, float> losses = new(StringComparer.Ordinal);
            IReadOnlyList<BoxTargets> targets = batches is [var only] ? only.Targets : [.. batches.SelectMany(batch => batch.Targets)];
            bool hasCells = batches.Count > 1 && _auxiliary.HasFlag(AuxiliaryOutputs.Encoder);
            StepContents step = new(targets, hasCells && _model is DetrModel detector ? [.. batches.Select(batch => detector.CellsOf(batch.Padding))] : []);
            foreach (DetectionBatch batch in batches)
            {
                AddGradients(batch, step, losses);
            }

            double norm = Optimizer.Step(_context, _options.ClipNorm);
            Average?.Update(_context.Backend, Optimizer.Steps);
            return new TrainingProgress(_epoch, Optimizer.Steps, losses, norm, Optimizer.Groups[0].LearningRate, Elapsed);
        }
        catch
        {
            foreach (Parameter parameter in Optimizer.Groups.SelectMany(group => group.Parameters))
            {
                parameter.ClearGradient();
            }

            throw;
        }
    }

    /// <summary>Adds a batch's part of the step's gradients and losses.</summary>
    private void AddGradients(DetectionBatch batch, StepContents step, Dictionary<string, float> losses)
    {
        using Scope scope = _context.Scope();
        _context.Tape = _tape;
        try
        {
            DenoisingQueries? denoising = Denoising?.Make(batch.Targets, _criterion.Classes, _context.Random.NextDouble);
            DetrOutput output = _model.Forward(_context, _context.Upload(batch.Shape, batch.Pixels), batch.Padding, _auxiliary, denoising);
            CriterionResult result = _criterion.Forward(_context, output, batch.Targets, step);
            float loss = result.Total.Item();
            if (!float.IsFinite(loss))
            {
                throw new ArithmeticException($"the loss is {loss}");
            }

            _tape.Backward(_context, result.Total);
            Add("loss", loss);
            Add(BoxSpread.Name, BoxSpread.Of(output) * batch.Count / step.Targets.Count);
            foreach ((string name, float value) in result.Losses)
            {
                Add(name, value);
            }
        }
        finally
        {
            _tape.Clear();
            _context.Tape = null;
        }

        void Add(string name, float value) => losses[name] = losses.GetValueOrDefault(name) + value;
    }

    private void SetLearningRates(double partOfEpoch)
    {
        bool isDropped = _options.TimeLimit is { } limit ? Elapsed >= limit * _options.DropShare : _epoch >= _options.DropEpoch;
        double done = _options.TimeLimit is null ? Math.Min(1, (_epoch + partOfEpoch) / _options.Epochs) : Done;
        float factor = _options.RateFactor(done, isDropped, Optimizer.Steps);
        foreach (ParameterGroup group in Optimizer.Groups)
        {
            group.LearningRate = group.InitialLearningRate * factor;
        }
    }
}
