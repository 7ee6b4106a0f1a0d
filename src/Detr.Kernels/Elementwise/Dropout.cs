using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Detr.Kernels;

/// <summary>
/// y = x / (1 − p) where kept, 0 where dropped (Srivastava et al. 2014, scaled in training). What is kept is a pure
/// function of the seed and the element's place, so the backward pass needs no stored mask: it is the same call on dy.
/// </summary>
public static class Dropout
{
    private const ulong Counter = 0x9E3779B97F4A7C15;
    private const ulong FirstFactor = 0xBF58476D1CE4E5B9;
    private const ulong SecondFactor = 0x94D049BB133111EB;

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
        ulong z = seed + ((ulong)(index + 1) * Counter);
        z = (z ^ (z >> 30)) * FirstFactor;
        z = (z ^ (z >> 27)) * SecondFactor;
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
            int i = Avx512DQ.IsSupported ? ExecuteWide(start, end) : start;
            for (; i < end; i++)
            {
                Y[i] = Bits(Seed, i) >= Threshold ? X[i] * Scale : 0f;
            }
        }

        /// <summary>Sixteen elements at a time; the same numbers to the bit.</summary>
        /// <returns>The first element that is left.</returns>
        private readonly int ExecuteWide(int start, int end)
        {
            const int lanes = 16;
            Vector512<ulong> steps = Vector512.Create(0ul, 1, 2, 3, 4, 5, 6, 7) * Vector512.Create(Counter);
            Vector512<ulong> later = Vector512.Create(unchecked(8 * Counter));
            Vector512<uint> threshold = Vector512.Create((uint)Threshold);
            Vector512<float> scale = Vector512.Create(Scale);
            int i = start;
            for (; i + lanes <= end; i += lanes)
            {
                Vector512<ulong> first = Avx512F.Add(Vector512.Create(unchecked(Seed + ((ulong)(i + 1) * Counter))), steps);
                Vector512<uint> bits = Vector512.Narrow(Mix(first), Mix(Avx512F.Add(first, later)));
                Vector512<float> kept = Vector512.GreaterThanOrEqual(bits, threshold).AsSingle();
                Avx512DQ.And(kept, Avx512F.Multiply(Avx512F.LoadVector512(X + i), scale)).Store(Y + i);
            }

            return i;
        }

        private static Vector512<ulong> Mix(Vector512<ulong> z)
        {
            z = Avx512DQ.MultiplyLow(Avx512F.Xor(z, Avx512F.ShiftRightLogical(z, 30)), Vector512.Create(FirstFactor));
            z = Avx512DQ.MultiplyLow(Avx512F.Xor(z, Avx512F.ShiftRightLogical(z, 27)), Vector512.Create(SecondFactor));
            return Avx512F.ShiftRightLogical(Avx512F.Xor(z, Avx512F.ShiftRightLogical(z, 31)), 32);
        }
    }
}
