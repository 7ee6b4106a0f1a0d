using System.Buffers;
using Detr.Data;
using Detr.Tensors;

namespace Detr.Models;

/// <summary>
/// The losses of masks: focal loss and dice loss of the queries that were matched, brought to the size of the image. Only these go through
/// the head, since no other has a mask to learn.
/// </summary>
/// <param name="head">The mask head.</param>
/// <param name="options">The factors.</param>
internal sealed class MaskCriterion(MaskHead head, CriterionOptions options)
{
    /// <summary>The weighted sum of both losses.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="inputs">What masks are made from.</param>
    /// <param name="targets">The objects of each image, with masks.</param>
    /// <param name="matches">Each image's queries with their objects.</param>
    /// <param name="objects">What sums over objects are divided by.</param>
    /// <param name="losses">Takes each loss, unweighted.</param>
    /// <returns>One number.</returns>
    /// <exception cref="ArgumentException">Objects have no masks.</exception>
    internal Tensor Forward(
        ForwardContext context, MaskInputs inputs, IReadOnlyList<BoxTargets> targets, IReadOnlyList<(int Query, int Target)[]> matches, float objects,
        Dictionary<string, float> losses)
    {
        using Scope scope = context.Scope();
        (Tensor focal, Tensor dice) = (context.Zeros([1]), context.Zeros([1]));
        (int height, int width) = (inputs.Padding.Height, inputs.Padding.Width);
        for (int image = 0; image < matches.Count; image++)
        {
            if (matches[image].Length == 0)
            {
                continue;
            }

            Tensor masks = head.Forward(context, inputs, image, Array.ConvertAll(matches[image], pair => pair.Query));
            Tensor enlarged = context.Resize(context.Reshape(masks, [masks.Shape[0], masks.Shape[1], masks.Shape[2], 1]), height, width, ResizeMode.Bilinear);
            Tensor logits = context.Reshape(enlarged, [masks.Shape[0], height * width]);
            Tensor wanted = Draw(context, targets[image], matches[image], inputs.Padding, image);
            focal = context.Add(focal, context.SigmoidFocalLoss(logits, wanted));
            dice = context.Add(dice, context.DiceLoss(logits, wanted));
        }

        focal = context.Scale(focal, 1f / ((float)height * width * objects));
        dice = context.Scale(dice, 1f / objects);
        losses["loss_mask"] = focal.Item();
        losses["loss_dice"] = dice.Item();
        return scope.Keep(context.Add(context.Scale(focal, options.MaskLoss), context.Scale(dice, options.DiceLoss)));
    }

    /// <summary>The masks of matched objects, [objects, pixels of the batch's rectangle].</summary>
    private static Tensor Draw(ForwardContext context, BoxTargets targets, (int Query, int Target)[] matches, PaddingMask padding, int image)
    {
        IReadOnlyList<MaskTarget> masks = targets.Masks ?? throw new ArgumentException("Training masks needs the masks of all objects.", nameof(targets));
        int pixels = padding.Height * padding.Width, length = checked(matches.Length * pixels);
        (int height, int width) = padding.SizeOf(image);
        float[] drawn = ArrayPool<float>.Shared.Rent(length);
        try
        {
            drawn.AsSpan(0, length).Clear();
            for (int i = 0; i < matches.Length; i++)
            {
                masks[matches[i].Target].Draw(drawn.AsSpan(i * pixels, pixels), padding.Width, height, width);
            }

            return context.Upload([matches.Length, pixels], drawn.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<float>.Shared.Return(drawn);
        }
    }
}
