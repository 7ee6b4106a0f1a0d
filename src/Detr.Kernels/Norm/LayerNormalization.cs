using System.Numerics.Tensors;

namespace Detr.Kernels;

/// <summary>
/// y = (x − mean) / √(variance + ε) ⊙ weight + bias, statistics over each row (Ba, Kiros and Hinton 2016).
/// </summary>
public static unsafe class LayerNormalization
{
    /// <summary>The forward pass.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="x">[rows, columns].</param>
    /// <param name="weight">[columns].</param>
    /// <param name="bias">[columns].</param>
    /// <param name="epsilon">ε.</param>
    /// <param name="y">[rows, columns].</param>
    /// <param name="mean">[rows], for the backward pass.</param>
    /// <param name="inverseDeviation">[rows], for the backward pass.</param>
    public static void Forward(
        WorkerPool pool, ReadOnlySpan<float> x, ReadOnlySpan<float> weight, ReadOnlySpan<float> bias, float epsilon,
        Span<float> y, Span<float> mean, Span<float> inverseDeviation)
    {
        Check(x.Length, y.Length, mean.Length, weight.Length, inverseDeviation.Length, bias.Length);
        fixed (float* px = x, pw = weight, pb = bias, py = y, pm = mean, pi = inverseDeviation)
        {
            ForwardBody body = new() { X = px, Weight = pw, Bias = pb, Y = py, Mean = pm, Inverse = pi, Columns = weight.Length, Epsilon = epsilon };
            pool.For(mean.Length, Grain.Rows(weight.Length), ref body);
        }
    }

    /// <summary>The backward pass: with g = dy ⊙ weight and x̂ the normalised row, dx = (g − mean(g) − x̂ mean(g x̂)) / deviation.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="x">[rows, columns].</param>
    /// <param name="weight">[columns].</param>
    /// <param name="mean">[rows], from the forward pass.</param>
    /// <param name="inverseDeviation">[rows], from the forward pass.</param>
    /// <param name="dy">[rows, columns].</param>
    /// <param name="dx">[rows, columns].</param>
    /// <param name="dWeight">[columns]; overwritten.</param>
    /// <param name="dBias">[columns]; overwritten.</param>
    public static void Backward(
        WorkerPool pool, ReadOnlySpan<float> x, ReadOnlySpan<float> weight, ReadOnlySpan<float> mean, ReadOnlySpan<float> inverseDeviation,
        ReadOnlySpan<float> dy, Span<float> dx, Span<float> dWeight, Span<float> dBias)
    {
        Check(x.Length, dy.Length, mean.Length, weight.Length, inverseDeviation.Length, dWeight.Length);
        Check(x.Length, dx.Length, mean.Length, weight.Length, inverseDeviation.Length, dBias.Length);
        int columns = weight.Length;
        using ScratchMemory.Lease normalised = pool.Scratch.Rent(Math.Max(1, x.Length));
        fixed (float* px = x, pw = weight, pm = mean, pi = inverseDeviation, pdy = dy, pdx = dx)
        {
            BackwardBody body = new() { X = px, Weight = pw, Mean = pm, Inverse = pi, Dy = pdy, Dx = pdx, Product = normalised.Pointer, Columns = columns };
            pool.For(mean.Length, Grain.Rows(columns), ref body);
        }

        Reduction.SumRows(pool, new ReadOnlySpan<float>(normalised.Pointer, x.Length), mean.Length, columns, dWeight);
        Reduction.SumRows(pool, dy, mean.Length, columns, dBias);
    }

    private static void Check(int x, int y, int rows, int columns, int rowsAgain, int columnsAgain)
    {
        if (x != y || x != (long)rows * columns || rowsAgain != rows || columnsAgain != columns)
        {
            throw new ArgumentException($"{x} and {y} elements are not {rows} × {columns}, or {rowsAgain} and {columnsAgain} are not their numbers.", nameof(x));
        }
    }

    private struct ForwardBody : IRangeBody
    {
        internal float* X;
        internal float* Weight;
        internal float* Bias;
        internal float* Y;
        internal float* Mean;
        internal float* Inverse;
        internal int Columns;
        internal float Epsilon;

        public readonly void Execute(int start, int end)
        {
            ReadOnlySpan<float> weight = new(Weight, Columns), bias = new(Bias, Columns);
            for (int row = start; row < end; row++)
            {
                ReadOnlySpan<float> x = new(X + ((nint)row * Columns), Columns);
                Span<float> y = new(Y + ((nint)row * Columns), Columns);
                float mean = TensorPrimitives.Sum(x) / Columns;
                TensorPrimitives.Subtract(x, mean, y);
                float inverse = 1f / MathF.Sqrt((TensorPrimitives.SumOfSquares((ReadOnlySpan<float>)y) / Columns) + Epsilon);
                TensorPrimitives.Multiply(y, inverse, y);
                TensorPrimitives.MultiplyAdd(y, weight, bias, y);
                Mean[row] = mean;
                Inverse[row] = inverse;
            }
        }
    }

    private struct BackwardBody : IRangeBody
    {
        internal float* X;
        internal float* Weight;
        internal float* Mean;
        internal float* Inverse;
        internal float* Dy;
        internal float* Dx;
        internal float* Product;
        internal int Columns;

        public readonly void Execute(int start, int end)
        {
            ReadOnlySpan<float> weight = new(Weight, Columns);
            for (int row = start; row < end; row++)
            {
                nint offset = (nint)row * Columns;
                ReadOnlySpan<float> dy = new(Dy + offset, Columns);
                Span<float> dx = new(Dx + offset, Columns), normalised = new(Product + offset, Columns);
                TensorPrimitives.Subtract(new ReadOnlySpan<float>(X + offset, Columns), Mean[row], normalised);
                TensorPrimitives.Multiply(normalised, Inverse[row], normalised);
                TensorPrimitives.Multiply(dy, weight, dx);
                float mean = TensorPrimitives.Sum((ReadOnlySpan<float>)dx) / Columns;
                float slope = TensorPrimitives.Dot(dx, normalised) / Columns;
                TensorPrimitives.Subtract(dx, mean, dx);
                TensorPrimitives.MultiplyAdd(normalised, -slope, dx, dx);
                TensorPrimitives.Multiply(dx, Inverse[row], dx);
                TensorPrimitives.Multiply(normalised, dy, normalised);
            }
        }
    }
}
