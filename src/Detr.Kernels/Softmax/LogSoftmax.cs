using System.Numerics.Tensors;

namespace Detr.Kernels;

/// <summary>y[r, c] = x[r, c] − ln Σ exp(x[r, ·]), row by row.</summary>
public static class LogSoftmax
{
    /// <summary>The forward pass.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="x">[rows, columns].</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="y">[rows, columns].</param>
    public static void Forward(WorkerPool pool, ReadOnlySpan<float> x, int rows, int columns, Span<float> y)
        => ElementLoop.RunRows(pool, default(Value), x, x, rows, columns, y);

    /// <summary>The backward pass: dx = dy − exp(y) Σ dy.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="y">The forward pass's result, [rows, columns].</param>
    /// <param name="dy">Its gradient.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="dx">The gradient of x; not dy itself.</param>
    public static void Backward(WorkerPool pool, ReadOnlySpan<float> y, ReadOnlySpan<float> dy, int rows, int columns, Span<float> dx)
        => ElementLoop.RunRows(pool, default(Derivative), y, dy, rows, columns, dx);

    private readonly struct Value : IElementFunction
    {
        public void Apply(ReadOnlySpan<float> x, ReadOnlySpan<float> unused, Span<float> y)
        {
            float largest = TensorPrimitives.Max(x);
            TensorPrimitives.Subtract(x, largest, y);
            double sum = 0;
            foreach (float difference in y)
            {
                sum += Math.Exp(difference);
            }

            TensorPrimitives.Subtract(y, (float)Math.Log(sum), y);
        }
    }

    private readonly struct Derivative : IElementFunction
    {
        public void Apply(ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx)
        {
            float sum = TensorPrimitives.Sum(dy);
            TensorPrimitives.Exp(y, dx);
            TensorPrimitives.Multiply(dx, -sum, dx);
            TensorPrimitives.Add(dx, dy, dx);
        }
    }
}
