using Detr.Kernels;

namespace Detr.Tensors;

/// <summary>Softmax and attention.</summary>
public static class AttentionOperations
{
    /// <summary>The softmax over the last axis.</summary>
    public static Tensor Softmax(this ForwardContext context, Tensor x)
    {
        Tensor y = context.Allocate(x.Shape);
        context.Backend.Softmax(x, y);
        return context.Record(y, [x], dy =>
        {
            Tensor dx = context.Allocate(x.Shape);
            context.Backend.SoftmaxBackward(y, dy, dx);
            context.AddGradient(x, dx);
        });
    }

    /// <summary>The logarithm of the softmax over the last axis.</summary>
    public static Tensor LogSoftmax(this ForwardContext context, Tensor x)
    {
        Tensor y = context.Allocate(x.Shape);
        context.Backend.LogSoftmax(x, y);
        return context.Record(y, [x], dy =>
        {
            Tensor dx = context.Allocate(x.Shape);
            context.Backend.LogSoftmaxBackward(y, dy, dx);
            context.AddGradient(x, dx);
        });
    }

    /// <summary>softmax(q kᵀ / √d) v for each head, d channels of its query; the context's observers see the probabilities, its head mask weighs them.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="name">The attention's name, for observer and mask.</param>
    /// <param name="query">[batch, queries, channels].</param>
    /// <param name="key">[batch, keys, channels].</param>
    /// <param name="value">[batch, keys, value channels].</param>
    /// <param name="heads">Heads; divides both numbers of channels.</param>
    /// <param name="keyPadding">Keys to pass over, [batch, keys] as [batch, height, width], or null.</param>
    /// <param name="bias">Added to the scores, [queries, keys], or null; a constant.</param>
    /// <param name="dropout">The chance that a probability is dropped in training.</param>
    /// <returns>[batch, queries, value channels].</returns>
    public static Tensor Attention(
        this ForwardContext context, string name, Tensor query, Tensor key, Tensor value, int heads,
        PaddingMask? keyPadding = null, Tensor? bias = null, float dropout = 0f)
    {
        AttentionShape shape = new(query.Shape[0], heads, query.Shape[1], key.Shape[1], query.Shape[2] / heads) { ValueSize = value.Shape[2] / heads };
        bool drops = context.Training && dropout > 0f;
        ReadOnlySpan<float> factors = context.HeadMask is { } mask ? mask.Factors(name, shape) : default;
        AttentionInputs inputs = new(shape, query, key, value)
        {
            KeyPadding = keyPadding,
            Bias = bias,
            HeadFactors = factors.IsEmpty ? null : factors.ToArray(),
            Dropout = drops ? dropout : 0f,
            DropoutSeed = drops ? context.Random.NextUInt64() : 0,
        };
        bool observed = context.AttentionObserver?.Wants(name, shape) ?? false;
        bool watched = context.Tape is not null && (context.AttentionGradientObserver?.Wants(name, shape) ?? false);
        bool recorded = watched || context.Records([query, key, value]);
        Tensor? probabilities = observed || recorded ? context.Allocate([shape.Batch, heads, shape.Queries, shape.Keys]) : null;
        Tensor output = context.Allocate(query.Shape.With(2, value.Shape[2]));
        context.Backend.Attention(inputs, probabilities, output);
        if (observed)
        {
            context.AttentionObserver!.Observe(name, Weigh(context, probabilities!, inputs.HeadFactors));
        }

        return context.Record(output, [query, key, value], dOutput =>
        {
            Tensor? dProbabilities = context.BackwardRule is { } rule
                ? rule.Attention(context, inputs, probabilities!, output, dOutput)
                : AttentionBackward(context, inputs, probabilities!, dOutput, watched);
            if (watched)
            {
                context.AttentionGradientObserver?.Observe(name, probabilities!, dProbabilities!);
            }
        }, [probabilities, bias], always: watched);
    }

    private static Tensor? AttentionBackward(ForwardContext context, in AttentionInputs inputs, Tensor probabilities, Tensor dOutput, bool watched)
    {
        Tensor dQuery = context.Allocate(inputs.Query.Shape), dKey = context.Allocate(inputs.Key.Shape), dValue = context.Allocate(inputs.Value.Shape);
        Tensor? dProbabilities = watched ? context.Allocate(probabilities.Shape) : null;
        context.Backend.AttentionBackward(inputs, probabilities, dOutput, dQuery, dKey, dValue, dProbabilities);
        context.AddGradients((inputs.Query, dQuery), (inputs.Key, dKey), (inputs.Value, dValue));
        return dProbabilities;
    }

    private static Tensor Weigh(ForwardContext context, Tensor probabilities, float[]? factors)
    {
        if (factors is null)
        {
            return probabilities;
        }

        int heads = probabilities.Shape[1];
        Tensor weighed = context.Allocate(probabilities.Shape);
        context.Backend.Binary(BinaryOperation.Multiply, probabilities, context.Upload([heads, factors.Length / heads, 1], factors), weighed);
        return weighed;
    }
}
