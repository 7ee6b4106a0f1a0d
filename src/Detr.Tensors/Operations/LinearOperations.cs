using Detr.Kernels;

namespace Detr.Tensors;

/// <summary>Products of tokens and weights, and of matrices.</summary>
public static class LinearOperations
{
    /// <summary>y = activation(x Wᵀ + b).</summary>
    /// <param name="context">The pass.</param>
    /// <param name="x">[…, in].</param>
    /// <param name="weight">[out, in].</param>
    /// <param name="bias">[out], or null.</param>
    /// <param name="activation">Applied last.</param>
    /// <returns>[…, out].</returns>
    /// <exception cref="ArgumentException">The last axis of x is not the weight's.</exception>
    public static Tensor Linear(this ForwardContext context, Tensor x, Tensor weight, Tensor? bias, Activation activation = Activation.None)
    {
        if (weight.Shape.Rank != 2 || x.Shape[^1] != weight.Shape[1])
        {
            throw new ArgumentException($"A weight of shape {weight.Shape} does not fit tokens of shape {x.Shape}.", nameof(weight));
        }

        Tensor y = context.Allocate(x.Shape.With(^1, weight.Shape[0]));
        context.Backend.Linear(x, weight, bias, activation, y);
        return context.Record(y, [x, weight, bias], dy => LinearBackward(context, x, weight, bias, activation, y, dy));
    }

    /// <summary>C = A B, or of transposed operands; leading axes are batches.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="a">[batches…, rows, depth], or [batches…, depth, rows] when transposed.</param>
    /// <param name="b">[batches…, depth, columns], or [batches…, columns, depth] when transposed.</param>
    /// <param name="transposeA">Whether A is stored transposed.</param>
    /// <param name="transposeB">Whether B is stored transposed.</param>
    /// <returns>[batches…, rows, columns].</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor MatrixProduct(this ForwardContext context, Tensor a, Tensor b, bool transposeA = false, bool transposeB = false)
    {
        int rows = a.Shape[transposeA ? ^1 : ^2], depth = a.Shape[transposeA ? ^2 : ^1], columns = b.Shape[transposeB ? ^2 : ^1];
        int batches = a.Length / Math.Max(1, rows * depth);
        if (b.Shape[transposeB ? ^1 : ^2] != depth || b.Length != batches * depth * columns || a.Shape.Rank != b.Shape.Rank)
        {
            throw new ArgumentException($"Matrices of shape {a.Shape} and {b.Shape} cannot be multiplied.", nameof(b));
        }

        Tensor c = context.Allocate(a.Shape.With(^2, rows).With(^1, columns));
        Multiply(context, rows, columns, depth, batches, a, transposeA, b, transposeB, c);
        return context.Record(c, [a, b], dc =>
        {
            if (context.NeedsGradient(a))
            {
                Tensor da = context.Allocate(a.Shape);
                if (transposeA)
                {
                    Multiply(context, depth, rows, columns, batches, b, transposeB, dc, true, da);
                }
                else
                {
                    Multiply(context, rows, depth, columns, batches, dc, false, b, !transposeB, da);
                }

                context.AddGradient(a, da);
            }

            if (context.NeedsGradient(b))
            {
                Tensor db = context.Allocate(b.Shape);
                if (transposeB)
                {
                    Multiply(context, columns, depth, rows, batches, dc, true, a, transposeA, db);
                }
                else
                {
                    Multiply(context, depth, columns, rows, batches, a, !transposeA, dc, false, db);
                }

                context.AddGradient(b, db);
            }
        });
    }

    private static void Multiply(ForwardContext context, int rows, int columns, int depth, int batches, Tensor a, bool transposeA, Tensor b, bool transposeB, Tensor c)
    {
        MatrixShape shape = new(rows, columns, depth) { TransposeA = transposeA, TransposeB = transposeB };
        context.Backend.MatrixProduct(shape, batches, rows * depth, depth * columns, rows * columns, a, b, c);
    }

    private static void LinearBackward(ForwardContext context, Tensor x, Tensor weight, Tensor? bias, Activation activation, Tensor y, Tensor dy)
    {
        if (context.BackwardRule is { } rule)
        {
            rule.Linear(context, x, weight, dy);
            return;
        }

        int inputs = weight.Shape[1], outputs = weight.Shape[0], rows = x.Length / inputs;
        if (activation == Activation.Relu)
        {
            Tensor masked = context.Allocate(dy.Shape);
            context.Backend.UnaryBackward(UnaryOperation.Relu, y, y, dy, masked);
            dy = masked;
        }

        if (context.NeedsGradient(x))
        {
            Tensor dx = context.Allocate(x.Shape);
            context.Backend.MatrixProduct(new MatrixShape(rows, inputs, outputs), 1, 0, 0, 0, dy, weight, dx);
            context.AddGradient(x, dx);
        }

        if (context.NeedsGradient(weight))
        {
            Tensor dWeight = context.Allocate(weight.Shape);
            context.Backend.MatrixProduct(new MatrixShape(outputs, inputs, rows) { TransposeA = true }, 1, 0, 0, 0, dy, x, dWeight);
            context.AddGradient(weight, dWeight);
        }

        if (context.NeedsGradient(bias))
        {
            Tensor dBias = context.Allocate(bias.Shape);
            context.Backend.ReduceSum(dy, dBias);
            context.AddGradient(bias, dBias);
        }
    }
}
