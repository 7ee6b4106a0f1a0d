namespace Detr.Training;

/// <summary>How a model is trained. The defaults are the reference's.</summary>
public sealed record TrainingOptions
{
    private const float LowestShare = 0.01f;

    /// <summary>The learning rate of all but the backbone.</summary>
    public float LearningRate { get; init; } = 1e-4f;

    /// <summary>The backbone's learning rate.</summary>
    public float BackboneLearningRate { get; init; } = 1e-5f;

    /// <summary>Each step multiplies weights by 1 − rate · decay.</summary>
    public float WeightDecay { get; init; } = 1e-4f;

    /// <summary>The gradients' largest norm; 0 for no limit.</summary>
    public double ClipNorm { get; init; } = 0.1;

    /// <summary>Passes over the data.</summary>
    public int Epochs { get; init; } = 300;

    /// <summary>How the learning rates fall.</summary>
    public LearningRateSchedule Schedule { get; init; }

    /// <summary>With <see cref="LearningRateSchedule.Step"/>, the epoch after which the learning rates fall to a tenth.</summary>
    public int DropEpoch { get; init; } = 200;

    /// <summary>Steps over which the learning rates rise from zero.</summary>
    public int WarmupSteps { get; init; }

    /// <summary>Whether every decoder layer's predictions are trained.</summary>
    public bool AuxiliaryLosses { get; init; } = true;

    /// <summary>Whether blocks and layers are run again in the backward pass instead of being kept: the same numbers in less memory and more time.</summary>
    public bool Recompute { get; init; }

    /// <summary>
    /// Batches whose gradients make one step. The loss is that of one batch as large as all of them, so only batch norms that
    /// learn can tell the difference.
    /// </summary>
    public int AccumulatedBatches { get; init; } = 1;

    /// <summary>Training time after which the rates fall to a tenth whatever the epoch, as a share of <see cref="TimeLimit"/>.</summary>
    public double DropShare { get; init; } = 0.8;

    /// <summary>Training ends after this long, if set; the rates then fall by time and not by epoch.</summary>
    public TimeSpan? TimeLimit { get; init; }

    /// <summary>What a step's learning rates are multiplied by.</summary>
    /// <param name="done">The share of the training that is done, from 0 to 1.</param>
    /// <param name="isDropped">Whether the time of the drop has come.</param>
    /// <param name="step">The step that is to be done, from 0.</param>
    internal float RateFactor(double done, bool isDropped, int step)
    {
        float factor = Schedule switch
        {
            LearningRateSchedule.Cosine => LowestShare + ((1 - LowestShare) * 0.5f * (1 + MathF.Cos(MathF.PI * (float)done))),
            _ => isDropped ? 0.1f : 1f,
        };
        return WarmupSteps > 0 ? factor * Math.Min(1f, (step + 1f) / WarmupSteps) : factor;
    }
}
