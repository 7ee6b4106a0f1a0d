using System.CommandLine;
using Detr.Models;
using Detr.Training;

namespace Detr.Cli.Training;

/// <summary>The options of <c>train</c> that say how to learn, under the reference's names.</summary>
internal sealed class ScheduleArguments
{
    private readonly Option<float?> _rate = new("--lr") { Description = "The learning rate; 3e-4 from scratch, 1e-4 with --pretrained." };
    private readonly Option<float?> _backboneRate = new("--lr-backbone") { Description = "The backbone's learning rate; that of --lr from scratch, 1e-5 with --pretrained." };
    private readonly Option<int?> _batch = new("--batch-size") { Description = "Pictures in a batch; 16 for generated scenes, 4 from scratch on fewer than 1,000 photographs, 8 on more, 2 with --pretrained." };
    private readonly Option<int> _accumulate = new("--accumulate") { Description = "Batches whose gradients make one step: a step of large batches in the memory of small ones.", DefaultValueFactory = _ => 1 };
    private readonly Option<float> _decay = new("--weight-decay") { Description = "The weight decay.", DefaultValueFactory = _ => 1e-4f };
    private readonly Option<int?> _epochs = new("--epochs") { Description = "Passes over the data; as many as make 20,000 steps from scratch, or 6,000 with --pretrained, unless given." };
    private readonly Option<LearningRateSchedule?> _schedule = new("--schedule") { HelpName = "step or cosine", Description = "How the learning rates fall; cosine from scratch on fewer than 1,000 photographs, else step." };
    private readonly Option<int?> _drop = new("--lr-drop") { Description = "With --schedule step, the epoch after which the learning rates fall to a tenth; four fifths of all unless given." };
    private readonly Option<int?> _warmup = new("--warmup-steps") { Description = "Steps over which the learning rates rise from zero; 200 from scratch (a twentieth of all if they are few), 0 with --pretrained." };
    private readonly Option<double?> _minutes = new("--minutes") { Description = "Trains for so many minutes instead of epochs; the rates then fall by time." };
    private readonly Option<int> _patience = new("--patience") { Description = "Ends after so many evaluations without a higher AP; 0 for never.", DefaultValueFactory = _ => 0 };
    private readonly Option<float?> _average = new("--ema-decay") { Description = "What a step keeps of the running mean of the weights, which is evaluated and saved beside them; 0.999 from scratch on fewer than 1,000 photographs, else 0.9997; 0 for no mean." };
    private readonly Option<double> _clip = new("--clip-max-norm") { Description = "The gradients' largest norm; 0 for no limit.", DefaultValueFactory = _ => 0.1 };
    private readonly Option<bool> _noAuxiliary = new("--no-aux-loss") { Description = "Only the last decoder layer's predictions are trained." };
    private readonly Option<bool> _recompute = new("--recompute") { Description = "Blocks and layers are computed again in the backward pass instead of being kept: less memory, more time, the same numbers." };
    private readonly Option<float?> _costClass = new("--set-cost-class") { Description = "The class's factor in matching; 1 of detr, 2 of the others." };
    private readonly Option<float> _costBox = new("--set-cost-bbox") { Description = "The boxes' L1 distance's factor in matching.", DefaultValueFactory = _ => 5f };
    private readonly Option<float> _costOverlap = new("--set-cost-giou") { Description = "The generalized IoU's factor in matching.", DefaultValueFactory = _ => 2f };
    private readonly Option<float?> _lossClass = new("--cls-loss-coef") { Description = "The factor of the class loss; 2 of conditional-detr and deformable-detr, 1 of the others." };
    private readonly Option<float> _alpha = new("--focal-alpha") { Description = "All but detr: what an object's own class weighs in the focal loss; other classes weigh the rest of 1.", DefaultValueFactory = _ => 0.25f };
    private readonly Option<float> _lossBox = new("--bbox-loss-coef") { Description = "The factor of the boxes' L1 loss.", DefaultValueFactory = _ => 5f };
    private readonly Option<float> _lossOverlap = new("--giou-loss-coef") { Description = "The factor of the generalized IoU loss.", DefaultValueFactory = _ => 2f };
    private readonly Option<float?> _encoderLoss = new("--enc-loss-coef") { Description = "The factor of a loss on the encoder's cells, which the same two heads read in training alone, and each of which is given an object by where it lies: learns sooner from few pictures; 1 from scratch, else 0." };
    private readonly Option<float> _lossMask = new("--mask-loss-coef") { Description = "The factor of the masks' focal loss.", DefaultValueFactory = _ => 1f };
    private readonly Option<float> _lossDice = new("--dice-loss-coef") { Description = "The factor of the masks' dice loss.", DefaultValueFactory = _ => 1f };
    private readonly Option<float> _noObject = new("--eos-coef") { Description = "The weight of detr's no-object class.", DefaultValueFactory = _ => 0.1f };

    /// <summary>The option that help lists first.</summary>
    internal Option First => _rate;

    internal void AddTo(Command command)
    {
        foreach (Option option in new Option[]
        {
            _rate, _backboneRate, _batch, _accumulate, _decay, _epochs, _schedule, _drop, _warmup, _minutes, _patience, _average, _clip, _noAuxiliary, _recompute,
            _costClass, _costBox, _costOverlap, _lossClass, _alpha, _lossBox, _lossOverlap, _lossMask, _lossDice, _encoderLoss, _noObject,
        })
        {
            command.Add(option);
        }
    }

    /// <summary>What decides the numbers of a training, by option: as it was given, or chosen.</summary>
    internal IEnumerable<(Option Option, object? Value)> Settings(ParseResult parsed, TrainingPlan plan) =>
    [
        (_rate, plan.Options.LearningRate), (_backboneRate, plan.Options.BackboneLearningRate), (_batch, plan.BatchSize), (_accumulate, plan.Options.AccumulatedBatches),
        (_decay, plan.Options.WeightDecay), (_epochs, plan.Options.Epochs), (_schedule, plan.Options.Schedule), (_drop, plan.Options.DropEpoch), (_warmup, plan.Options.WarmupSteps),
        (_minutes, plan.Options.TimeLimit?.TotalMinutes), (_average, plan.AverageDecay), (_clip, plan.Options.ClipNorm), (_noAuxiliary, !plan.Options.AuxiliaryLosses),
        (_costClass, Matcher(parsed, plan.Situation.Variant).ClassCost), (_lossClass, plan.Criterion.ClassLoss), (_alpha, plan.Criterion.FocalAlpha), (_costBox, parsed.GetValue(_costBox)), (_costOverlap, parsed.GetValue(_costOverlap)),
        (_lossBox, plan.Criterion.BoxLoss), (_lossOverlap, plan.Criterion.OverlapLoss), (_lossMask, plan.Criterion.MaskLoss), (_lossDice, plan.Criterion.DiceLoss),
        (_encoderLoss, plan.Criterion.EncoderLoss), (_noObject, plan.Criterion.NoObjectWeight),
    ];

    internal int Patience(ParseResult parsed) => parsed.GetValue(_patience);

    internal HungarianMatcher Matcher(ParseResult parsed, DetrVariant variant)
    {
        HungarianMatcher published = HungarianMatcher.Of(variant);
        return published with
        {
            ClassCost = parsed.GetValue(_costClass) ?? published.ClassCost, BoxCost = parsed.GetValue(_costBox), OverlapCost = parsed.GetValue(_costOverlap), FocalAlpha = parsed.GetValue(_alpha),
        };
    }

    /// <summary>What the user gave, and for the rest what suits the situation.</summary>
    /// <exception cref="InputException">An option makes no sense, or does not fit the number of pictures.</exception>
    internal TrainingPlan Plan(ParseResult parsed, TrainingSituation situation)
    {
        int batch = parsed.GetValue(_batch) ?? situation.BatchSize, accumulate = parsed.GetValue(_accumulate);
        float rate = parsed.GetValue(_rate) ?? situation.LearningRate, average = parsed.GetValue(_average) ?? situation.AverageDecay;
        if (parsed.GetValue(_epochs) < 1 || parsed.GetValue(_drop) < 1 || accumulate < 1 || parsed.GetValue(_minutes) <= 0 || !(rate > 0) || parsed.GetValue(_warmup) < 0 || parsed.GetValue(_patience) < 0)
        {
            throw new InputException("--epochs, --lr-drop and --accumulate are at least 1, --warmup-steps and --patience at least 0, and --minutes and --lr above 0.");
        }

        if (average is not (>= 0 and < 1))
        {
            throw new InputException("--ema-decay is from 0 to below 1.");
        }

        if (batch < 1 || situation.Pictures < batch)
        {
            throw new InputException($"A batch of {batch} cannot be made of {situation.Pictures} pictures; give --batch-size from 1 to {situation.Pictures}.");
        }

        int steps = situation.Pictures / batch / accumulate;
        if (steps < 1)
        {
            throw new InputException($"A step of {accumulate} batches of {batch} cannot be made of {situation.Pictures} pictures; give smaller --accumulate or --batch-size.");
        }

        int epochs = parsed.GetValue(_epochs) ?? situation.Epochs(steps);
        return new TrainingPlan(situation, batch, steps, average, Criterion(parsed, situation), new TrainingOptions
        {
            LearningRate = rate,
            BackboneLearningRate = parsed.GetValue(_backboneRate) ?? situation.BackboneLearningRate(rate),
            WeightDecay = parsed.GetValue(_decay),
            ClipNorm = parsed.GetValue(_clip),
            Epochs = epochs,
            Schedule = parsed.GetValue(_schedule) ?? situation.Schedule,
            DropEpoch = parsed.GetValue(_drop) ?? situation.DropEpoch(epochs),
            WarmupSteps = parsed.GetValue(_warmup) ?? situation.WarmupSteps(steps * epochs),
            AuxiliaryLosses = !parsed.GetValue(_noAuxiliary),
            Recompute = parsed.GetValue(_recompute),
            AccumulatedBatches = accumulate,
            TimeLimit = parsed.GetValue(_minutes) is { } minutes ? TimeSpan.FromMinutes(minutes) : null,
        });
    }

    private CriterionOptions Criterion(ParseResult parsed, TrainingSituation situation)
    {
        float encoder = parsed.GetValue(_encoderLoss) ?? situation.EncoderLoss;
        if (parsed.GetValue(_alpha) is not (>= 0 and <= 1))
        {
            throw new InputException("--focal-alpha is from 0 to 1.");
        }

        CriterionOptions published = CriterionOptions.Of(situation.Variant);
        return encoder is >= 0 and < float.PositiveInfinity
            ? published with
            {
                ClassLoss = parsed.GetValue(_lossClass) ?? published.ClassLoss, FocalAlpha = parsed.GetValue(_alpha),
                BoxLoss = parsed.GetValue(_lossBox), OverlapLoss = parsed.GetValue(_lossOverlap), MaskLoss = parsed.GetValue(_lossMask), DiceLoss = parsed.GetValue(_lossDice),
                EncoderLoss = encoder, NoObjectWeight = parsed.GetValue(_noObject),
            }
            : throw new InputException("--enc-loss-coef is at least 0.");
    }
}
