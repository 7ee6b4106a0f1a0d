using Detr.Tensors;

namespace Detr.Models;

/// <summary>
/// The losses of predictions whose objects are known: cross entropy of all of them, L1 and generalized IoU of those that are an object
/// (Carion et al. 2020, section 3.1 and appendix A.2).
/// </summary>
internal sealed class AssignedLosses
{
    private readonly CriterionOptions _options;
    private readonly float[] _classWeights;

    /// <summary>Prepares the losses of a number of classes.</summary>
    internal AssignedLosses(int classes, CriterionOptions options)
    {
        _options = options;
        _classWeights = new float[classes + 1];
        _classWeights.AsSpan().Fill(1f);
        _classWeights[classes] = options.NoObjectWeight;
    }

    /// <summary>The weighted sum of the losses.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="logits">[predictions, classes + 1].</param>
    /// <param name="boxes">[predictions, 4].</param>
    /// <param name="assignment">What they are to be.</param>
    /// <param name="classShare">What the mean of the class loss counts.</param>
    /// <param name="objectShare">What a box's losses count.</param>
    /// <param name="suffix">What stands after the losses' names.</param>
    /// <param name="losses">Takes each loss, unweighted.</param>
    /// <returns>One number.</returns>
    internal Tensor Forward(
        ForwardContext context, Tensor logits, Tensor boxes, Assignment assignment, float classShare, float objectShare, string suffix, Dictionary<string, float> losses)
    {
        Tensor classLoss = context.CrossEntropy(logits, assignment.Labels, _classWeights);
        losses[$"loss_ce{suffix}"] = classShare * classLoss.Item();
        Tensor total = context.Scale(classLoss, _options.ClassLoss * classShare);
        if (assignment.Positives.Length == 0)
        {
            losses[$"loss_bbox{suffix}"] = losses[$"loss_giou{suffix}"] = 0;
            return total;
        }

        Tensor predicted = context.GatherRows(boxes, assignment.Positives);
        Tensor wanted = context.Upload([assignment.Positives.Length, 4], assignment.Boxes);
        Tensor distance = context.Scale(context.Sum(context.Apply(UnaryOperation.Abs, context.Subtract(predicted, wanted))), objectShare);
        Tensor overlap = context.Scale(context.OverlapLoss(predicted, wanted), objectShare);
        losses[$"loss_bbox{suffix}"] = distance.Item();
        losses[$"loss_giou{suffix}"] = overlap.Item();
        total = context.Add(total, context.Scale(distance, _options.BoxLoss));
        return context.Add(total, context.Scale(overlap, _options.OverlapLoss));
    }
}
