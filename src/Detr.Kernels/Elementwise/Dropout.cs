namespace Detr.Kernels;

/// <summary>
/// y = x / (1 − p) where kept, 0 where dropped (Srivastava et al. 2014, scaled in training). What is kept is a pure
/// function of the seed and the element's place, so the backward pass needs no stored mask: it is the same call on dy.
/// </summary>
public static class Dropout
{
    /// <summary>Drops elements.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="x">The values, or in the backward pass their gradient.</param>
    /// <param name="probability">The chance to be dropped, in [0, 1).</param>
    /// <param name="seed">Decides which ones are.</param>
    /// <param name="y">The result; may be x itself.</param>
    /// <exception cref="ArgumentOutOfRangeException">The probability is outside [0, 1).</exception>
    public static unsafe void Execute(WorkerPool pool, ReadOnlySpan<float> x, float probability, ulong seed, Span<float> y)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(probability);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(probability, 1f);
        if (x.Length != y.Length)
        {
            throw new ArgumentException($"{x.Length} elements do not make {y.Length}.", nameof(y));
        }

        fixed (float* px = x, py = y)
        {
            Body body = new() { X = px, Y = py, Seed = seed, Threshold = Threshold(probability), Scale = 1f / (1f - probability) };
            pool.For(y.Length, 8192, ref body);
        }
    }

    /// <summary>A chance as a limit for <see cref="Bits"/>.</summary>
    internal static ulong Threshold(float probability) => (ulong)(probability * (double)(1UL << 32));

    /// <summary>32 random bits for an element: SplitMix64's output function on a counter.</summary>
    internal static ulong Bits(ulong seed, long index)
    {
        ulong z = seed + ((ulong)(index + 1) * 0x9E3779B97F4A7C15);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return (z ^ (z >> 31)) >> 32;
    }

    private unsafe struct Body : IRangeBody
    {
        internal float* X;
        internal float* Y;
        internal ulong Seed;
        internal ulong Threshold;
        internal float Scale;

        public readonly void Execute(int start, int end)
        {
            for (int i = start; i < end; i++)
            {
                Y[i] = Bits(Seed, i) >= Threshold ? X[i] * Scale : 0f;
            }
        }
    }
}
