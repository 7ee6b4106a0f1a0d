using System.Numerics.Tensors;
using System.Runtime.Intrinsics;

namespace Detr.Kernels;

/// <summary>y = max(x, 0).</summary>
public static class Relu
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
        public void Apply(ReadOnlySpan<float> x, ReadOnlySpan<float> unused, Span<float> y) => TensorPrimitives.Max(x, 0f, y);
    }

    private readonly struct Derivative : IElementFunction
    {
        public void Apply(ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx)
        {
            int i = 0;
            for (; i + Vector256<float>.Count <= dx.Length; i += Vector256<float>.Count)
            {
                Vector256<float> passes = Vector256.GreaterThan(Vector256.Create(y[i..]), Vector256<float>.Zero);
                (Vector256.Create(dy[i..]) & passes).CopyTo(dx[i..]);
            }

            for (; i < dx.Length; i++)
            {
                dx[i] = y[i] > 0f ? dy[i] : 0f;
            }
        }
    }
}
