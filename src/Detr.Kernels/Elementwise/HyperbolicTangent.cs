using System.Numerics.Tensors;

namespace Detr.Kernels;

/// <summary>y = tanh(x).</summary>
public static class HyperbolicTangent
{
    /// <summary>The forward pass.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="x">The arguments.</param>
    /// <param name="y">The values, as many; may be x itself.</param>
    public static void Forward(WorkerPool pool, ReadOnlySpan<float> x, Span<float> y) => ElementLoop.Run<Value>(pool, x, x, y);

    /// <summary>The backward pass.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="y">The forward pass's values.</param>
    /// <param name="dy">The gradient of the values.</param>
    /// <param name="dx">The gradient of the arguments; may be dy itself.</param>
    public static void Backward(WorkerPool pool, ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx) => ElementLoop.Run<Derivative>(pool, y, dy, dx);

    private readonly struct Value : IElementFunction
    {
        public void Apply(ReadOnlySpan<float> x, ReadOnlySpan<float> unused, Span<float> y) => TensorPrimitives.Tanh(x, y);
    }

    private readonly struct Derivative : IElementFunction
    {
        public void Apply(ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx)
        {
            for (int i = 0; i < dx.Length; i++)
            {
                dx[i] = dy[i] * (1f - (y[i] * y[i]));
            }
        }
    }
}
