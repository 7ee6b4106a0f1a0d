using System.Buffers;
using Detr.Tensors;

namespace Detr.Models;

/// <summary>
/// The losses of predictions whose objects are known: the class loss of all of them, L1 and generalized IoU of those that are an object
/// (Carion et al. 2020, section 3.1 and appendix A.2). The class loss is cross entropy where classes share a softmax, and the focal loss
/// (Lin et al. 2017) where each has a sigmoid.
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
    /// <param name="scoring">How logits say a class.</param>
    /// <param name="logits">[predictions, classes], and one more for no-object where scoring is a softmax.</param>
    /// <param name="boxes">[predictions, 4].</param>
    /// <param name="assignment">What they are to be.</param>
    /// <param name="shares">What the losses count: cross entropy's mean, the focal loss's sum, and the boxes' sums.</param>
    /// <param name="names">What they are called.</param>
    /// <param name="losses">Takes each loss, unweighted, and the distances of centres and of sides apart, which make up that of boxes.</param>
    /// <returns>One number.</returns>
    internal Tensor Forward(
        ForwardContext context, ClassScoring scoring, Tensor logits, Tensor boxes, Assignment assignment, LossShares shares, LossNames names,
        Dictionary<string, float> losses)
    {
        Tensor classLoss = scoring == ClassScoring.Softmax
            ? context.CrossEntropy(logits, assignment.Labels, _classWeights)
            : context.SigmoidFocalLoss(logits, OneHot(context, logits.Shape, assignment.Labels), _options.FocalAlpha);
        losses[names.Of("loss_ce")] = shares.Class * classLoss.Item();
        Tensor total = context.Scale(classLoss, _options.ClassLoss * shares.Class);
        if (assignment.Positives.Length == 0)
        {
            losses[names.Of("loss_bbox")] = losses[names.Of("loss_giou")] = losses[names.Of("loss_xy")] = losses[names.Of("loss_hw")] = 0;
            return total;
        }

        Tensor predicted = context.GatherRows(boxes, assignment.Positives);
        Tensor wanted = context.Upload([assignment.Positives.Length, 4], assignment.Boxes);
        Tensor distance = context.Scale(context.Sum(context.Apply(UnaryOperation.Abs, context.Subtract(predicted, wanted))), shares.Box);
        Tensor overlap = context.Scale(context.OverlapLoss(predicted, wanted, _options.OverlapMargin), shares.Box);
        losses[names.Of("loss_bbox")] = distance.Item();
        losses[names.Of("loss_giou")] = overlap.Item();
        (double centres, double sides) = Distances(predicted.AsSpan(), assignment.Boxes);
        (losses[names.Of("loss_xy")], losses[names.Of("loss_hw")]) = ((float)(shares.Box * centres), (float)(shares.Box * sides));
        total = context.Add(total, context.Scale(distance, _options.BoxLoss));
        return context.Add(total, context.Scale(overlap, _options.OverlapLoss));
    }

    /// <summary>How far centres and sides are from those that are wanted, which DAB-DETR and what came of it log.</summary>
    private static (double Centres, double Sides) Distances(ReadOnlySpan<float> boxes, ReadOnlySpan<float> wanted)
    {
        double centres = 0, sides = 0;
        for (int i = 0; i < boxes.Length; i += 4)
        {
            centres += Math.Abs(boxes[i] - wanted[i]) + Math.Abs(boxes[i + 1] - wanted[i + 1]);
            sides += Math.Abs(boxes[i + 2] - wanted[i + 2]) + Math.Abs(boxes[i + 3] - wanted[i + 3]);
        }

        return (centres, sides);
    }

    /// <summary>A row for each label: 1 at its class, and nothing where it is no-object.</summary>
    private static Tensor OneHot(ForwardContext context, Shape shape, int[] labels)
    {
        (int length, int classes) = (shape.Length, shape[1]);
        float[] rows = ArrayPool<float>.Shared.Rent(length);
        try
        {
            rows.AsSpan(0, length).Clear();
            for (int i = 0; i < labels.Length; i++)
            {
                if (labels[i] < classes)
                {
                    rows[(i * classes) + labels[i]] = 1f;
                }
            }

            return context.Upload(shape, rows.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rows);
        }
    }
}
