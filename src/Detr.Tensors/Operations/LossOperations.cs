namespace Detr.Tensors;

/// <summary>Losses that end a forward pass.</summary>
public static class LossOperations
{
    /// <summary>Σ wₜ · −ln softmax(x)ₜ / Σ wₜ over rows, t each row's target and w a weight for each class.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="logits">[rows, classes].</param>
    /// <param name="targets">The class of each row.</param>
    /// <param name="classWeights">[classes].</param>
    /// <returns>One number.</returns>
    public static Tensor CrossEntropy(this ForwardContext context, Tensor logits, int[] targets, float[] classWeights)
    {
        (double sum, double total) = context.Backend.CrossEntropy(logits, targets, classWeights);
        Tensor loss = context.Upload([1], [(float)(sum / total)]);
        return context.Record(loss, [logits], dLoss =>
        {
            Tensor dLogits = context.Allocate(logits.Shape);
            context.Backend.CrossEntropyBackward(logits, targets, classWeights, (float)(dLoss.Item() / total), dLogits);
            context.AddGradient(logits, dLogits);
        });
    }

    /// <summary>The focal loss of sigmoids with γ = 2 (Lin et al. 2017, RetinaNet), summed over all elements.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="logits">Any shape.</param>
    /// <param name="targets">As many, from 0 to 1; a constant.</param>
    /// <param name="alpha">The weight of what is to be 1; that of the rest is 1 − α.</param>
    /// <returns>One number.</returns>
    public static Tensor SigmoidFocalLoss(this ForwardContext context, Tensor logits, Tensor targets, float alpha = 0.25f)
    {
        Tensor loss = context.Upload([1], [(float)context.Backend.SigmoidFocalLoss(logits, targets, alpha)]);
        return context.Record(loss, [logits], dLoss =>
        {
            Tensor dLogits = context.Allocate(logits.Shape);
            context.Backend.SigmoidFocalLossBackward(logits, targets, alpha, dLoss.Item(), dLogits);
            context.AddGradient(logits, dLogits);
        }, [targets]);
    }

    /// <summary>The dice loss of each row's sigmoids, 1 − (2 Σ p t + 1) / (Σ p + Σ t + 1), summed over rows (Milletari et al. 2016).</summary>
    /// <param name="context">The pass.</param>
    /// <param name="logits">[rows, …], a mask each row.</param>
    /// <param name="targets">As many, from 0 to 1; a constant.</param>
    /// <returns>One number.</returns>
    public static Tensor DiceLoss(this ForwardContext context, Tensor logits, Tensor targets)
    {
        Tensor fractions = context.Allocate([logits.Shape[0], 2]);
        Tensor loss = context.Upload([1], [(float)context.Backend.DiceLoss(logits, targets, fractions)]);
        return context.Record(loss, [logits], dLoss =>
        {
            Tensor dLogits = context.Allocate(logits.Shape);
            context.Backend.DiceLossBackward(logits, targets, fractions, dLoss.Item(), dLogits);
            context.AddGradient(logits, dLogits);
        }, [targets, fractions]);
    }
}
