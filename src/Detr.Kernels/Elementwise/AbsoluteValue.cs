using System.Numerics.Tensors;

namespace Detr.Kernels;

/// <summary>y = |x|, with derivative 0 at 0.</summary>
public static class AbsoluteValue
{
    /// <summary>The forward pass.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="x">The arguments.</param>
    /// <param name="y">The values, as many; may be x itself.</param>
    public static void Forward(WorkerPool pool, ReadOnlySpan<float> x, Span<float> y) => ElementLoop.Run<Value>(pool, x, x, y);

    /// <summary>The backward pass.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="x">The forward pass's arguments.</param>
    /// <param name="dy">The gradient of the values.</param>
    /// <param name="dx">The gradient of the arguments; may be dy itself.</param>
    public static void Backward(WorkerPool pool, ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> dx) => ElementLoop.Run<Derivative>(pool, x, dy, dx);

    private readonly struct Value : IElementFunction
    {
        public void Apply(ReadOnlySpan<float> x, ReadOnlySpan<float> unused, Span<float> y) => TensorPrimitives.Abs(x, y);
    }

    private readonly struct Derivative : IElementFunction
    {
        public void Apply(ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> dx)
        {
            for (int i = 0; i < dx.Length; i++)
            {
                dx[i] = x[i] > 0f ? dy[i] : x[i] < 0f ? -dy[i] : 0f;
            }
        }
    }
}
