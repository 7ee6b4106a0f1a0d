using Detr.Models;
using Detr.Training;

namespace Detr.Studies;

/// <summary>
/// How the models of studies are trained: small ones, on generated scenes, with what makes DETR learn from little (a loss on the encoder's
/// cells, and sharp positions, in the values too), so that an arm takes minutes on two processors. The paper's ablations had neither.
/// </summary>
public sealed record StudyRecipe
{
    /// <summary>A training is done in so many epochs, each of which sees its own scenes once.</summary>
    internal const int Tenths = 10;

    private const int WarmupShare = 20;
    private const float Rate = 1e-3f;

    /// <summary>Pixels along each side of a scene.</summary>
    public int Size { get; init; } = 96;

    /// <summary>Steps of each training, a multiple of 10.</summary>
    public int Steps { get; init; } = 4000;

    /// <summary>Scenes in a step.</summary>
    public int BatchSize { get; init; } = 8;

    /// <summary>Decides the weights that training begins with, the scenes, and their order.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>In one line, for messages and reports.</summary>
    public string Text => FormattableString.Invariant($"{Steps} steps of {BatchSize} scenes of {Size} pixels a side, seed {Seed}");

    /// <summary>The base model.</summary>
    /// <param name="classes">How many classes there are.</param>
    public DetrOptions Model(int classes) => new()
    {
        // Three stages: a cell is 8 pixels, so that small scenes have cells enough. Few channels: steps are what is short.
        Backbone = BackboneOptions.FromName("small") with { Blocks = [1, 1, 1], Width = 16, Norm = BackboneNorm.Batch },
        Transformer = new TransformerOptions
        {
            Channels = 64, Heads = 4, EncoderLayers = 2, DecoderLayers = 3, FeedForward = 128, Dropout = 0, PositionAt = PositionPlacement.Both,
        },
        SinePosition = new SinePositionOptions { Temperature = 100, Repeats = 8 },
        Queries = 20,
        Classes = classes,
        Size = Size,
        MaximumSize = Size,
    };

    /// <summary>The base losses.</summary>
    public CriterionOptions Criterion { get; } = new() { EncoderLoss = 1 };

    /// <summary>The base training.</summary>
    public TrainingOptions Training => new()
    {
        LearningRate = Rate, BackboneLearningRate = Rate, Epochs = Tenths, Schedule = LearningRateSchedule.Cosine, WarmupSteps = Math.Max(1, Steps / WarmupShare),
    };

    /// <summary>Scenes of an epoch.</summary>
    internal int TrainingScenes => Steps / Tenths * BatchSize;

    /// <summary>Makes sure that there is something to train.</summary>
    /// <exception cref="ArgumentException">A number is out of its range.</exception>
    internal void Check()
    {
        if (Size is < 32 or > 384)
        {
            throw new ArgumentException($"Scenes of {Size} pixels a side cannot be studied; their sides are from 32 to 384.");
        }

        if (Seed == StudyWorkshop.ValidationSeed)
        {
            throw new ArgumentException($"The seed {Seed} is that of the scenes that models are evaluated on; take another.");
        }

        if (Steps < Tenths || Steps % Tenths != 0 || BatchSize < 1 || (long)Steps * BatchSize > int.MaxValue)
        {
            throw new ArgumentException($"A training of {Steps} steps of {BatchSize} scenes cannot be done; steps are a multiple of {Tenths}, and a step has at least one scene.");
        }
    }
}
