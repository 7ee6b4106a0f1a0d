using Detr.Models;
using Detr.Training;

namespace Detr.Cli.Training;

/// <summary>How a training will go, all defaults decided.</summary>
/// <param name="Situation">What they were decided by.</param>
/// <param name="BatchSize">Pictures in a batch.</param>
/// <param name="StepsInEpoch">Steps in a pass over the data.</param>
/// <param name="AverageDecay">What a step keeps of the running mean of the weights; 0 for no mean.</param>
/// <param name="Criterion">The factors of the loss.</param>
/// <param name="Options">The rest.</param>
internal sealed record TrainingPlan(TrainingSituation Situation, int BatchSize, int StepsInEpoch, float AverageDecay, CriterionOptions Criterion, TrainingOptions Options)
{
    // Below this, DETR from scratch has not left the plateau where it begins (docs/small-data.md).
    private const int FewestStepsFromScratch = 5_000;
    private const int FewestStepsWithEncoderLoss = 2_000;

    private long Steps => (long)StepsInEpoch * Options.Epochs;

    /// <summary>The plan in one sentence, with the reasons of what nobody gave.</summary>
    internal string Text
    {
        get
        {
            string detector = Situation.Variant == DetrVariant.Detr ? string.Empty : $"{DetrPresets.NameOf(Situation.Variant)}, ";
            string length = Options.TimeLimit is { } limit
                ? FormattableString.Invariant($"{limit.TotalMinutes:0.##} minutes, {StepsInEpoch:N0} steps an epoch")
                : FormattableString.Invariant($"{Steps:N0} steps, {Options.Epochs:N0} epochs of {StepsInEpoch:N0}");
            string batch = Options.AccumulatedBatches > 1 ? $"{Options.AccumulatedBatches} batches of {BatchSize}" : $"{BatchSize} pictures";
            string fall = Options.Schedule == LearningRateSchedule.Cosine ? "falling along a cosine"
                : Options.TimeLimit is null ? $"a tenth of it after epoch {Options.DropEpoch}" : "a tenth of it for the last fifth";
            string average = AverageDecay > 0 ? FormattableString.Invariant($"weights averaged at {AverageDecay}") : "weights not averaged";
            string encoder = Criterion.EncoderLoss > 0 ? FormattableString.Invariant($", the encoder's cells trained too (factor {Criterion.EncoderLoss:g2})") : string.Empty;
            return FormattableString.Invariant(
                $"Planned: {detector}{length}, {batch} a step, learning rate {Options.LearningRate:g2} (backbone {Options.BackboneLearningRate:g2}), {fall}, {Options.WarmupSteps} steps of warm-up, {average}{encoder}. {Reason}");
        }
    }

    /// <summary>What speaks against it; null for nothing.</summary>
    internal string? Warning
    {
        get
        {
            if (Situation.IsPretrained || Situation.IsGenerated)
            {
                return null;
            }

            int fewest = Criterion.EncoderLoss > 0 ? FewestStepsWithEncoderLoss : FewestStepsFromScratch;
            if (Options.TimeLimit is null && Steps < fewest)
            {
                return FormattableString.Invariant($"From scratch, {Steps:N0} steps are too few for DETR, which has learnt little before {fewest:N0}; give more --epochs, or begin with --pretrained detr_resnet50.");
            }

            // Deformable DETR is the one that learns from few (docs/small-data.md).
            return Situation is { IsSmall: true, Variant: not DetrVariant.DeformableDetr }
                ? FormattableString.Invariant($"From scratch, {Situation.Pictures:N0} pictures are few: --model deformable-detr makes most of them, and --pretrained detr_resnet50 needs far fewer.")
                : null;
        }
    }

    private string Reason => Situation switch
    {
        { IsReference: true } => $"These are the defaults of {DetrPresets.NameOf(Situation.Variant)}'s authors.",
        { IsPretrained: true } => FormattableString.Invariant($"What was not given suits a pretrained model and {Situation.Pictures:N0} pictures: small batches, a slow backbone, about {Situation.NeededSteps:N0} steps."),
        _ => FormattableString.Invariant($"What was not given suits training from scratch on {Situation.Pictures:N0} pictures: one rate for all parts, about {Situation.NeededSteps:N0} steps, which is what DETR takes."),
    };
}
