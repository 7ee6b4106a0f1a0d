using System.CommandLine;
using Detr.Models;
using Detr.Training;

namespace Detr.Cli.Training;

/// <summary>The options of <c>train</c> that say how to learn, under the reference's names.</summary>
internal sealed class ScheduleArguments
{
    private const int WarmupSteps = 200;

    private readonly Option<float?> _rate = new("--lr") { Description = "The learning rate; 3e-4 from scratch, 1e-4 with --pretrained." };
    private readonly Option<float?> _backboneRate = new("--lr-backbone") { Description = "The backbone's learning rate; that of --lr from scratch, 1e-5 with --pretrained." };
    private readonly Option<int?> _batch = new("--batch-size") { Description = "Pictures in a step; 16 for generated scenes, 8 from scratch, 2 with --pretrained." };
    private readonly Option<float> _decay = new("--weight-decay") { Description = "The weight decay.", DefaultValueFactory = _ => 1e-4f };
    private readonly Option<int?> _epochs = new("--epochs") { Description = "Passes over the data; 300, or 5 for generated scenes." };
    private readonly Option<int?> _drop = new("--lr-drop") { Description = "The epoch after which the learning rates fall to a tenth; four fifths of all unless given." };
    private readonly Option<double?> _minutes = new("--minutes") { Description = "Trains for so many minutes instead of epochs; the rates fall after four fifths of them." };
    private readonly Option<double> _clip = new("--clip-max-norm") { Description = "The gradients' largest norm; 0 for no limit.", DefaultValueFactory = _ => 0.1 };
    private readonly Option<bool> _noAuxiliary = new("--no-aux-loss") { Description = "Only the last decoder layer's predictions are trained." };
    private readonly Option<bool> _recompute = new("--recompute") { Description = "Blocks and layers are computed again in the backward pass instead of being kept: less memory, more time, the same numbers." };
    private readonly Option<float> _costClass = new("--set-cost-class") { Description = "The class's factor in matching.", DefaultValueFactory = _ => 1f };
    private readonly Option<float> _costBox = new("--set-cost-bbox") { Description = "The boxes' L1 distance's factor in matching.", DefaultValueFactory = _ => 5f };
    private readonly Option<float> _costOverlap = new("--set-cost-giou") { Description = "The generalized IoU's factor in matching.", DefaultValueFactory = _ => 2f };
    private readonly Option<float> _lossBox = new("--bbox-loss-coef") { Description = "The factor of the boxes' L1 loss.", DefaultValueFactory = _ => 5f };
    private readonly Option<float> _lossOverlap = new("--giou-loss-coef") { Description = "The factor of the generalized IoU loss.", DefaultValueFactory = _ => 2f };
    private readonly Option<float> _noObject = new("--eos-coef") { Description = "The weight of the no-object class.", DefaultValueFactory = _ => 0.1f };

    /// <summary>The option that help lists first.</summary>
    internal Option First => _rate;

    internal void AddTo(Command command)
    {
        foreach (Option option in new Option[]
        {
            _rate, _backboneRate, _batch, _decay, _epochs, _drop, _minutes, _clip, _noAuxiliary, _recompute, _costClass, _costBox, _costOverlap, _lossBox, _lossOverlap, _noObject,
        })
        {
            command.Add(option);
        }
    }

    internal int BatchSize(ParseResult parsed, bool isGenerated, bool isPretrained) => parsed.GetValue(_batch) ?? (isPretrained ? 2 : isGenerated ? 16 : 8);

    internal HungarianMatcher Matcher(ParseResult parsed) => new(parsed.GetValue(_costClass), parsed.GetValue(_costBox), parsed.GetValue(_costOverlap));

    internal CriterionOptions Criterion(ParseResult parsed)
        => new() { BoxLoss = parsed.GetValue(_lossBox), OverlapLoss = parsed.GetValue(_lossOverlap), NoObjectWeight = parsed.GetValue(_noObject) };

    /// <exception cref="InputException">An option makes no sense.</exception>
    internal TrainingOptions Schedule(ParseResult parsed, bool isGenerated, bool isPretrained)
    {
        float rate = parsed.GetValue(_rate) ?? (isPretrained ? 1e-4f : 3e-4f);
        int epochs = parsed.GetValue(_epochs) ?? (isGenerated ? 5 : 300);
        if (epochs < 1 || parsed.GetValue(_minutes) <= 0 || !(rate > 0) || parsed.GetValue(_drop) < 1)
        {
            throw new InputException("--epochs and --lr-drop are at least 1, and --minutes and --lr above 0.");
        }

        return new TrainingOptions
        {
            LearningRate = rate,
            BackboneLearningRate = parsed.GetValue(_backboneRate) ?? (isPretrained ? 1e-5f : rate),
            WeightDecay = parsed.GetValue(_decay),
            ClipNorm = parsed.GetValue(_clip),
            Epochs = epochs,
            DropEpoch = parsed.GetValue(_drop) ?? Math.Max(1, epochs * 4 / 5),
            WarmupSteps = isPretrained ? 0 : WarmupSteps,
            AuxiliaryLosses = !parsed.GetValue(_noAuxiliary),
            Recompute = parsed.GetValue(_recompute),
            TimeLimit = parsed.GetValue(_minutes) is { } minutes ? TimeSpan.FromMinutes(minutes) : null,
        };
    }
}
