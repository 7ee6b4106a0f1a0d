using Detr.Data;
using Detr.Tensors;

namespace Detr.Models;

/// <summary>
/// The loss of what the heads read from the encoder's cells. Which cell is to be which object follows from where it lies
/// (<see cref="CellAssignment"/>), so that the backbone, the encoder and both heads learn what is where from the first step on, while
/// the matches of object queries still change from step to step.
/// </summary>
/// <param name="classes">Classes, without no-object.</param>
/// <param name="losses">The losses of a prediction.</param>
/// <param name="noObjectWeight">What a cell without object weighs in cross entropy.</param>
internal sealed class EncoderCriterion(int classes, AssignedLosses losses, float noObjectWeight)
{
    /// <summary>What stands after the names of these losses.</summary>
    internal const string Suffix = "_cells";

    /// <summary>The loss of a batch: its part of a mean over the step's cells that are no padding, and over those that are an object.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="scoring">How logits say a class.</param>
    /// <param name="output">The predictions.</param>
    /// <param name="targets">The objects of each image.</param>
    /// <param name="step">What all batches of the step hold; null for this one alone.</param>
    /// <param name="found">Takes each loss, unweighted, as <c>loss_ce_cells</c> and so on.</param>
    internal Tensor Forward(
        ForwardContext context, ClassScoring scoring, EncoderOutput output, IReadOnlyList<BoxTargets> targets, StepContents? step, Dictionary<string, float> found)
    {
        int cells = output.Cells.Height * output.Cells.Width;
        List<int> rows = [];
        List<(int Prediction, BoxTargets Targets, int Target)> pairs = [];
        for (int image = 0; image < targets.Count; image++)
        {
            foreach ((int cell, int owner) in Filled(output.Cells, image, targets[image]))
            {
                if (owner >= 0)
                {
                    pairs.Add((rows.Count, targets[image], owner));
                }

                rows.Add((image * cells) + cell);
            }
        }

        int[] kept = [.. rows];
        Tensor logits = context.GatherRows(context.Reshape(output.Logits, [targets.Count * cells, output.Logits.Shape[2]]), kept);
        Tensor boxes = context.GatherRows(context.Reshape(output.Boxes, [targets.Count * cells, 4]), kept);
        (int Cells, int Owned) own = (kept.Length, pairs.Count), all = step is { Cells.Count: > 1 } ? Count(step) : own;
        float box = 1f / Math.Max(1, all.Owned);
        LossShares shares = new(scoring == ClassScoring.Softmax ? (float)(Weight(own) / Weight(all)) : box, box);
        return losses.Forward(context, scoring, logits, boxes, Assignment.Of(kept.Length, classes, pairs), shares, new LossNames(string.Empty, Suffix), found);
    }

    /// <summary>The cells of an image that are no padding, and the object of each, or -1.</summary>
    private static IEnumerable<(int Cell, int Owner)> Filled(PaddingMask cells, int image, BoxTargets targets)
    {
        int[] owners = CellAssignment.Assign(cells, image, targets);
        return owners.Index().Where(cell => !cells.Padded[(image * owners.Length) + cell.Index]);
    }

    /// <summary>How many cells of a step are no padding, and how many of these are an object.</summary>
    private static (int Cells, int Owned) Count(StepContents step)
    {
        (int cells, int owned, int place) = (0, 0, 0);
        foreach (PaddingMask batch in step.Cells)
        {
            for (int image = 0; image < batch.Batch; image++, place++)
            {
                foreach ((_, int owner) in Filled(batch, image, step.Targets[place]))
                {
                    (cells, owned) = (cells + 1, owner >= 0 ? owned + 1 : owned);
                }
            }
        }

        return (cells, owned);
    }

    /// <summary>What cells weigh together in cross entropy.</summary>
    private double Weight((int Cells, int Owned) count) => count.Owned + ((double)noObjectWeight * (count.Cells - count.Owned));
}
