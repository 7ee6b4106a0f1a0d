using System.Numerics.Tensors;

namespace Detr.Kernels;

/// <summary>
/// y = ln(max(x, ε) / max(1 − x, ε)), x first brought within [0, 1]. The derivative is that of this expression: a maximum that is ε
/// adds nothing to it, and beyond 0 and 1 it is 0.
/// </summary>
public static class InverseSigmoid
{
    /// <summary>The forward pass.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="x">The arguments.</param>
    /// <param name="epsilon">ε, in (0, ½).</param>
    /// <param name="y">The values, as many; may be x itself.</param>
    public static void Forward(WorkerPool pool, ReadOnlySpan<float> x, float epsilon, Span<float> y) => ElementLoop.Run(pool, new Value(epsilon), x, x, y);

    /// <summary>The backward pass.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="x">The forward pass's arguments.</param>
    /// <param name="epsilon">As in the forward pass.</param>
    /// <param name="dy">The gradient of the values.</param>
    /// <param name="dx">The gradient of the arguments; may be dy itself.</param>
    public static void Backward(WorkerPool pool, ReadOnlySpan<float> x, float epsilon, ReadOnlySpan<float> dy, Span<float> dx)
        => ElementLoop.Run(pool, new Derivative(epsilon), x, dy, dx);

    private readonly struct Value(float epsilon) : IElementFunction
    {
        public void Apply(ReadOnlySpan<float> x, ReadOnlySpan<float> unused, Span<float> y)
        {
            for (int i = 0; i < y.Length; i++)
            {
                float within = Math.Clamp(x[i], 0f, 1f);
                y[i] = Math.Max(within, epsilon) / Math.Max(1f - within, epsilon);
            }

            TensorPrimitives.Log(y, y);
        }
    }

    private readonly struct Derivative(float epsilon) : IElementFunction
    {
        public void Apply(ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> dx)
        {
            for (int i = 0; i < dx.Length; i++)
            {
                float within = x[i], rest = 1f - within;
                float slope = within is < 0f or > 1f ? 0f : (within >= epsilon ? 1f / within : 0f) + (rest >= epsilon ? 1f / rest : 0f);
                dx[i] = dy[i] * slope;
            }
        }
    }
}
