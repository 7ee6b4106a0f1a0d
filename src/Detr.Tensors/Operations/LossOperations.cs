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
}
