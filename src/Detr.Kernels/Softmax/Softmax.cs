using System.Numerics.Tensors;

namespace Detr.Kernels;

/// <summary>y[r, c] = exp(x[r, c] − max) / Σ exp(x[r, ·] − max), row by row.</summary>
public static unsafe class Softmax
{
    /// <summary>The forward pass.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="x">[rows, columns].</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="y">[rows, columns]; may be x itself. A row that is −∞ throughout becomes 0.</param>
    public static void Forward(WorkerPool pool, ReadOnlySpan<float> x, int rows, int columns, Span<float> y)
        => ElementLoop.RunRows(pool, default(Value), x, x, rows, columns, y);

    /// <summary>The backward pass: dx = y ⊙ (dy − Σ y dy).</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="y">The forward pass's result, [rows, columns].</param>
    /// <param name="dy">Its gradient.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="dx">The gradient of x; may be dy itself.</param>
    public static void Backward(WorkerPool pool, ReadOnlySpan<float> y, ReadOnlySpan<float> dy, int rows, int columns, Span<float> dx)
        => ElementLoop.RunRows(pool, default(Derivative), y, dy, rows, columns, dx);

    /// <summary>One row, in place or not.</summary>
    internal static void Row(ReadOnlySpan<float> x, Span<float> y)
    {
        float largest = ShiftedExponential.Largest(x);
        if (float.IsNegativeInfinity(largest) && !x.ContainsAnyExcept(float.NegativeInfinity))
        {
            y.Clear();
            return;
        }

        float sum = ShiftedExponential.Execute(x, largest, y);
        TensorPrimitives.Multiply(y, 1f / sum, y);
    }

    /// <summary>The gradient of one row.</summary>
    internal static void RowBackward(ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx)
    {
        float mean = TensorPrimitives.Dot(y, dy);
        TensorPrimitives.Subtract(dy, mean, dx);
        TensorPrimitives.Multiply(dx, y, dx);
    }

    private readonly struct Value : IElementFunction
    {
        public void Apply(ReadOnlySpan<float> x, ReadOnlySpan<float> unused, Span<float> y) => Row(x, y);
    }

    private readonly struct Derivative : IElementFunction
    {
        public void Apply(ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx) => RowBackward(y, dy, dx);
    }
}
