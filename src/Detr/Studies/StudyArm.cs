using Detr.Explain;
using Detr.Models;
using Detr.Training;

namespace Detr.Studies;

/// <summary>A variant of the base recipe, to be trained beside others. In one folder, arms of one name are one model.</summary>
/// <param name="Name">Its name, which is a folder's too: small letters, digits and dashes.</param>
public sealed record StudyArm(string Name)
{
    /// <summary>The recipe without a change, which most studies compare with. Its weights are kept after every tenth of the training.</summary>
    public static StudyArm Base { get; } = new("base") { KeepsHistory = true };

    /// <summary>What is other about the model. Another detector of the family is matched and, where it has noise, trained with noise as it was published.</summary>
    public Func<DetrOptions, DetrOptions> Model { get; init; } = static options => options;

    /// <summary>What is other about the losses.</summary>
    public Func<CriterionOptions, CriterionOptions> Criterion { get; init; } = static options => options;

    /// <summary>What is other about the training. Its epochs are tenths.</summary>
    public Func<TrainingOptions, TrainingOptions> Training { get; init; } = static options => options;

    /// <summary>Attention heads that are off, in training and when it is evaluated; null for none.</summary>
    public HeadsOff? HeadsOff { get; init; }

    /// <summary>Whether the weights after every tenth of the training are kept, for <see cref="StudyWorkshop.History"/> and <see cref="StudyWorkshop.Follow"/>.</summary>
    public bool KeepsHistory { get; init; }

    /// <summary>Which of several trainings it is, from 0: each has a seed of its own, the recipe's and those that follow it.</summary>
    public int Repetition { get; init; }

    /// <summary>The name with the repetition, if it is not the first.</summary>
    public string FullName => Repetition == 0 ? Name : FormattableString.Invariant($"{Name}-{Repetition + 1}");
}
