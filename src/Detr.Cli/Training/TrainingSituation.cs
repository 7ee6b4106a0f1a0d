using Detr.Models;
using Detr.Training;

namespace Detr.Cli.Training;

/// <summary>What defaults depend on.</summary>
/// <param name="Pictures">How many there are to train on.</param>
/// <param name="IsGenerated">Whether they are generated scenes.</param>
/// <param name="IsPretrained">Whether the model begins with another's weights.</param>
/// <param name="IsReference">Whether the reference's defaults were asked for.</param>
internal sealed record TrainingSituation(int Pictures, bool IsGenerated, bool IsPretrained, bool IsReference)
{
    // The shipped model of generated scenes took 10,000 steps of 16; 205 photographs are in the steepest part of the curve after
    // 9,500 of 4. A pretrained model has to learn new classes, not to see.
    private const int StepsFromScratch = 20_000;
    private const int StepsPretrained = 6_000;
    private const int FewPictures = 1_000;
    private const int FewestEpochs = 10;
    private const int MostEpochs = 1000;

    private const int WarmupFromScratch = 200;
    private const int WarmupShare = 20;

    /// <summary>Which detector it is.</summary>
    internal DetrVariant Variant { get; init; }

    /// <summary>Whether there are so few photographs to learn all from that steps, rather than pictures, are what is short (docs/small-data.md).</summary>
    internal bool IsSmall => !IsReference && !IsPretrained && !IsGenerated && Pictures < FewPictures;

    internal int BatchSize => IsReference ? 2 : Math.Min(Pictures, IsPretrained ? 2 : IsGenerated ? 16 : IsSmall ? 4 : 8);

    // From scratch as measured on few photographs (docs/small-data.md).
    internal float LearningRate => (IsReference, IsPretrained, Variant) switch
    {
        (true, _, DetrVariant.DeformableDetr) => 2e-4f,
        (true, _, _) or (_, true, _) => 1e-4f,
        (_, _, DetrVariant.DeformableDetr) => 8e-4f,
        _ => 3e-4f,
    };

    /// <summary>The backbone's rate beside the one that the rest has.</summary>
    internal float BackboneLearningRate(float rate) => IsReference && Variant == DetrVariant.DeformableDetr ? 2e-5f : IsReference || IsPretrained ? 1e-5f : rate;

    // Where it was measured to help; the others have places for their queries, and most of them proposals or noised objects to learn from.
    internal float EncoderLoss => !IsReference && !IsPretrained && Variant is DetrVariant.Detr or DetrVariant.DeformableDetr ? 1 : 0;

    internal LearningRateSchedule Schedule => IsSmall ? LearningRateSchedule.Cosine : LearningRateSchedule.Step;

    internal float AverageDecay => IsReference ? 0 : IsSmall ? 0.999f : 0.9997f;

    /// <summary>Steps that such a model needs, by what was measured.</summary>
    internal int NeededSteps => IsPretrained ? StepsPretrained : StepsFromScratch;

    internal int Epochs(int stepsInEpoch)
        => IsReference ? ReferenceEpochs.All : Math.Clamp((int)Math.Ceiling((double)NeededSteps / stepsInEpoch), FewestEpochs, MostEpochs);

    internal int DropEpoch(int epochs) => IsReference ? ReferenceEpochs.UntilDrop : Math.Max(1, epochs * 4 / 5);

    private (int All, int UntilDrop) ReferenceEpochs => Variant switch
    {
        DetrVariant.Detr => (300, 200),
        DetrVariant.Dino => (12, 11),
        _ => (50, 40),
    };

    internal int WarmupSteps(int plannedSteps) => IsReference || IsPretrained ? 0 : Math.Min(WarmupFromScratch, Math.Max(1, plannedSteps / WarmupShare));
}
