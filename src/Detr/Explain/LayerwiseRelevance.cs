using System.Numerics.Tensors;
using Detr.Tensors;
using Tensor = Detr.Tensors.Tensor;

namespace Detr.Explain;

/// <summary>
/// Layer-wise relevance propagation (Bach et al. 2015) through a transformer, with the rules of Chefer, Gur and Wolf ("Transformer
/// interpretability beyond attention visualization", CVPR 2021), α = 1: what arrives at a result is shared out among its inputs by what each
/// of them contributed. R is what arrived, ⊘ a division that gives 0 where the divisor is 0.
/// </summary>
internal sealed class LayerwiseRelevance : IBackwardRule
{
    // As in the authors' program: keeps quotients of very small numbers in bounds.
    private const float Stabilizer = 1e-9f;

    /// <summary>The only one that is needed; it has no state.</summary>
    internal static LayerwiseRelevance Rule { get; } = new();

    /// <summary>A norm passes everything on.</summary>
    public void LayerNorm(ForwardContext context, Tensor x, Tensor arrived) => context.AddGradient(x, arrived);

    /// <summary>
    /// z = x⁺W⁺ + x⁻W⁻ with the positive and negative parts of both, s = R ⊘ z, and x gets x⁺ ⊙ (s W⁺) + x⁻ ⊙ (s W⁻), scaled so that the sum
    /// of R is kept. Bias and ReLU take no part.
    /// </summary>
    public void Linear(ForwardContext context, Tensor x, Tensor weight, Tensor arrived)
    {
        if (!context.NeedsGradient(x))
        {
            return;
        }

        int inputs = weight.Shape[1], outputs = weight.Shape[0], rows = x.Length / inputs;
        Tensor tokens = context.Reshape(x, [rows, inputs]);
        Tensor positive = context.Relu(tokens), negative = context.Subtract(tokens, positive);
        Tensor excites = context.Relu(weight), inhibits = context.Subtract(weight, excites);
        Tensor z = context.Add(context.Linear(positive, excites, null), context.Linear(negative, inhibits, null));
        Tensor share = Divide(context, context.Reshape(arrived, [rows, outputs]), z);
        Tensor relevance = context.Add(
            context.Multiply(positive, context.MatrixProduct(share, excites)), context.Multiply(negative, context.MatrixProduct(share, inhibits)));
        context.AddGradient(x, WithSum(context, relevance, Sum(arrived)));
    }

    /// <summary>
    /// a gets a ⊙ R ⊘ (a + b), b gets b ⊙ R ⊘ (a + b); then both are scaled so that their sums divide that of R in proportion to their
    /// absolute values. A second term that needs no relevance is a position: then a gets everything.
    /// </summary>
    public void Add(ForwardContext context, Tensor a, Tensor b, Tensor arrived)
    {
        if (!context.NeedsGradient(b))
        {
            context.AddGradient(a, arrived);
            return;
        }

        Tensor share = Divide(context, arrived, context.Add(a, b));
        Tensor ofA = context.Multiply(a, share), ofB = context.Multiply(b, share);
        float partA = Math.Abs(Sum(ofA)), partB = Math.Abs(Sum(ofB)), total = Sum(arrived);
        float both = partA + partB;
        context.AddGradient(a, WithSum(context, ofA, both == 0f ? 0f : partA / both * total));
        context.AddGradient(b, WithSum(context, ofB, both == 0f ? 0f : partB / both * total));
    }

    /// <summary>
    /// Of the product A V, with s = R ⊘ (A V): A gets ½ A ⊙ (s Vᵀ), which is the relevance of the probabilities, and V gets ½ V ⊙ (Aᵀ s). The
    /// softmax passes A's on, and the product of the scaled queries and Kᵀ shares it in the same way.
    /// </summary>
    public Tensor Attention(ForwardContext context, in AttentionInputs inputs, Tensor probabilities, Tensor output, Tensor arrived)
    {
        Tensor value = SplitHeads(context, inputs.Value, inputs.Shape.Heads);

        // A head that is off has a result of zero, hence no share.
        Tensor share = SplitHeads(context, Divide(context, arrived, output), inputs.Shape.Heads);
        Tensor relevance = Half(context, probabilities, context.MatrixProduct(share, value, transposeB: true));
        if (context.NeedsGradient(inputs.Value))
        {
            context.AddGradient(inputs.Value, JoinHeads(context, Half(context, value, context.MatrixProduct(probabilities, share, transposeA: true))));
        }

        if (context.NeedsGradient(inputs.Query) || context.NeedsGradient(inputs.Key))
        {
            Tensor query = context.Scale(SplitHeads(context, inputs.Query, inputs.Shape.Heads), 1f / MathF.Sqrt(inputs.Shape.HeadSize));
            Tensor key = SplitHeads(context, inputs.Key, inputs.Shape.Heads);
            Tensor scoreShare = Divide(context, relevance, context.MatrixProduct(query, key, transposeB: true));
            context.AddGradient(inputs.Query, JoinHeads(context, Half(context, query, context.MatrixProduct(scoreShare, key))));
            context.AddGradient(inputs.Key, JoinHeads(context, Half(context, key, context.MatrixProduct(scoreShare, query, transposeA: true))));
        }

        return relevance;
    }

    private static Tensor Half(ForwardContext context, Tensor a, Tensor b) => context.Scale(context.Multiply(a, b), 0.5f);

    /// <summary>[batch, tokens, channels] as [batch, heads, tokens, channels / heads].</summary>
    private static Tensor SplitHeads(ForwardContext context, Tensor x, int heads)
        => context.Permute(context.Reshape(x, [x.Shape[0], x.Shape[1], heads, x.Shape[2] / heads]), 0, 2, 1, 3);

    private static Tensor JoinHeads(ForwardContext context, Tensor x)
        => context.Reshape(context.Permute(x, 0, 2, 1, 3), [x.Shape[0], x.Shape[2], x.Shape[1] * x.Shape[3]]);

    private static float Sum(Tensor x) => TensorPrimitives.Sum(x.AsSpan());

    private static Tensor WithSum(ForwardContext context, Tensor x, float sum)
    {
        float now = Sum(x);
        return context.Scale(x, now == 0f ? 0f : sum / now);
    }

    private static Tensor Divide(ForwardContext context, Tensor numerator, Tensor denominator)
    {
        ReadOnlySpan<float> numerators = numerator.AsSpan(), denominators = denominator.AsSpan();
        float[] quotients = new float[numerators.Length];
        for (int i = 0; i < quotients.Length; i++)
        {
            float divisor = denominators[i] + Stabilizer;
            quotients[i] = denominators[i] == 0f || divisor == 0f ? 0f : numerators[i] / divisor;
        }

        return context.Upload(numerator.Shape, quotients);
    }
}
