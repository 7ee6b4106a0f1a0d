namespace Detr.Kernels;

/// <summary>y = ln(x / (1 − x)), x first brought within [1e-5, 1 − 1e-5], where the derivative outside is 0.</summary>
public static class InverseSigmoid
{
    private const float Margin = 1e-5f;

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
        public void Apply(ReadOnlySpan<float> x, ReadOnlySpan<float> unused, Span<float> y)
        {
            for (int i = 0; i < y.Length; i++)
            {
                float within = Math.Clamp(x[i], Margin, 1f - Margin);
                y[i] = MathF.Log(within / (1f - within));
            }
        }
    }

    private readonly struct Derivative : IElementFunction
    {
        public void Apply(ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> dx)
        {
            for (int i = 0; i < dx.Length; i++)
            {
                dx[i] = x[i] > Margin && x[i] < 1f - Margin ? dy[i] / (x[i] * (1f - x[i])) : 0f;
            }
        }
    }
}
