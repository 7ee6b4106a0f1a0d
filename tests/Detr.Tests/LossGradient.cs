using Detr.Tensors;

namespace Detr.Tests;

/// <summary>Gradients of losses of logits and boxes, held to finite differences.</summary>
internal static class LossGradient
{
    private const float Step = 5e-4f;
    private const float Tolerance = 1e-2f;

    /// <summary>Compares the gradient of a loss by each logit and each number of a box.</summary>
    /// <param name="backend">What computes.</param>
    /// <param name="logits">Where.</param>
    /// <param name="boxes">Where.</param>
    /// <param name="loss">The loss of logits and boxes, one number.</param>
    internal static void AssertAgreesWithDifferences(IBackend backend, Tensor logits, Tensor boxes, Func<ForwardContext, Tensor, Tensor, Tensor> loss)
    {
        Tape tape = new();
        ForwardContext context = new(backend) { Tape = tape };
        using Scope scope = context.Scope();
        Parameter logitLeaf = Leaf("logits", logits), boxLeaf = Leaf("boxes", boxes);
        tape.Backward(context, loss(context, logitLeaf, boxLeaf));
        context.Tape = null;
        foreach (Parameter leaf in (Parameter[])[logitLeaf, boxLeaf])
        {
            float[] gradient = leaf.Gradient!.ToArray(), values = leaf.ToArray();
            for (int i = 0; i < values.Length; i++)
            {
                Assert.Equal((At(leaf, values, i, Step) - At(leaf, values, i, -Step)) / (2 * Step), gradient[i], Tolerance);
            }
        }

        float At(Parameter leaf, float[] values, int i, float step)
        {
            float[] moved = [.. values];
            moved[i] += step;
            leaf.Write(moved);
            float result = loss(context, logitLeaf, boxLeaf).Item();
            leaf.Write(values);
            return result;
        }
    }

    private static Parameter Leaf(string name, Tensor values)
    {
        Parameter leaf = new ParameterSet().Add(name, values.Shape);
        leaf.Write(values.AsSpan());
        return leaf;
    }
}
