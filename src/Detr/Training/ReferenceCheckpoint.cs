using Detr.Models;
using Detr.Tensors;
using Detr.Tensors.Checkpoints;

namespace Detr.Training;

/// <summary>
/// Goes on with a training that the reference's main program began: its checkpoint.pth holds, beside the model, the optimizer's
/// moments by number, the numbers counting parameters in the model's order, first those outside the backbone.
/// </summary>
public static class ReferenceCheckpoint
{
    /// <summary>Takes over the optimizer's moments, its steps and the epoch. The schedule is the trainer's own.</summary>
    /// <param name="path">The file that the model was loaded from.</param>
    /// <param name="trainer">The model's trainer, with the same parts frozen as there.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is damaged, holds no training, or that of other parameters.</exception>
    public static void Restore(string path, Trainer trainer)
    {
        using Checkpoint checkpoint = Checkpoint.Open(path);
        if (checkpoint.Optimizer is not { } moments || !checkpoint.Metadata.TryGetValue("epoch", out string? text) || !int.TryParse(text, out int epoch) || epoch < 0)
        {
            throw new InvalidDataException($"{path} holds no training of the reference that can go on (it lacks an AdamW's state or the epoch); begin anew with --pretrained {path}.");
        }

        // The state_dict's order is that of the parameters, and is the file's; ours may differ.
        string[] names = [.. checkpoint.Tensors.Keys];
        Parameter[][] groups = [.. trainer.Optimizer.Groups.Select(group => group.Parameters.OrderBy(parameter => Array.IndexOf(names, parameter.Name)).ToArray())];
        if (groups.Length != moments.Groups.Count || groups.Zip(moments.Groups).Any(pair => pair.First.Length != pair.Second.Count))
        {
            string theirs = string.Join(" and ", moments.Groups.Select(group => group.Count)), ours = string.Join(" and ", groups.Select(group => group.Length));
            throw new InvalidDataException($"{path} was trained in groups of {theirs} parameters, and here they are {ours}; begin anew with --pretrained {path}.");
        }

        foreach ((Parameter parameter, (CheckpointTensor first, CheckpointTensor second)) in groups.Zip(moments.Groups).SelectMany(pair => pair.First.Zip(pair.Second)))
        {
            if (!first.Shape.SequenceEqual(parameter.Shape) || !second.Shape.SequenceEqual(parameter.Shape))
            {
                throw new InvalidDataException($"{path} holds moments of [{string.Join(", ", first.Shape)}] where {parameter.Name} is {parameter.Shape}; begin anew with --pretrained {path}.");
            }

            (Tensor ownFirst, Tensor ownSecond) = trainer.Optimizer.Moments(parameter);
            ownFirst.Write(first.ToFloats());
            ownSecond.Write(second.ToFloats());
        }

        trainer.State = trainer.State with { Epoch = epoch + 1, Batch = 0, Steps = moments.Steps };
    }
}
