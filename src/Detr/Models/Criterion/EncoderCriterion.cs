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
internal sealed class EncoderCriterion(int classes, AssignedLosses losses)
{
    /// <summary>What stands after the names of these losses.</summary>
    internal const string Suffix = "_cells";

    /// <summary>The loss of a batch: a mean over the cells that are no padding, and over those that are an object.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="scoring">How logits say a class.</param>
    /// <param name="output">The predictions.</param>
    /// <param name="targets">The objects of each image.</param>
    /// <param name="share">The batch's share of its step.</param>
    /// <param name="found">Takes each loss, unweighted, as <c>loss_ce_cells</c> and so on.</param>
    internal Tensor Forward(
        ForwardContext context, ClassScoring scoring, EncoderOutput output, IReadOnlyList<BoxTargets> targets, float share, Dictionary<string, float> found)
    {
        int cells = output.Cells.Height * output.Cells.Width, count = 0;
        List<int> rows = [];
        List<(int Prediction, BoxTargets Targets, int Target)> pairs = [];
        for (int image = 0; image < targets.Count; image++)
        {
            int[] owners = CellAssignment.Assign(output.Cells, image, targets[image]);
            for (int cell = 0; cell < cells; cell++)
            {
                if (output.Cells.Padded[(image * cells) + cell])
                {
                    continue;
                }

                rows.Add((image * cells) + cell);
                if (owners[cell] >= 0)
                {
                    pairs.Add((count, targets[image], owners[cell]));
                }

                count++;
            }
        }

        int[] kept = [.. rows];
        Tensor logits = context.GatherRows(context.Reshape(output.Logits, [targets.Count * cells, output.Logits.Shape[2]]), kept);
        Tensor boxes = context.GatherRows(context.Reshape(output.Boxes, [targets.Count * cells, 4]), kept);
        float box = share / Math.Max(1, pairs.Count);
        LossShares shares = new(scoring == ClassScoring.Softmax ? share : box, box);
        return losses.Forward(context, scoring, logits, boxes, Assignment.Of(count, classes, pairs), shares, new LossNames(string.Empty, Suffix), found);
    }
}
