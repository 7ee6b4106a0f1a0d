using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Detr.Benchmarks;

/// <summary>
/// The floor that every product is measured against: fused multiply-adds on registers alone, enough independent sums to
/// hide the latency, in the widest vectors that the processor has.
/// </summary>
internal static class PeakMultiplyAdd
{
    private const int Sums = 12;

    /// <summary>Runs the loop.</summary>
    /// <param name="rounds">How often.</param>
    /// <returns>The floating-point operations that were done.</returns>
    internal static double Run(int rounds)
    {
        if (Avx512F.IsSupported)
        {
            Sink = Vector512.Sum(Run512(rounds));
            return 2.0 * 16 * Sums * rounds;
        }

        if (Fma.IsSupported)
        {
            Sink = Vector256.Sum(Run256(rounds));
            return 2.0 * 8 * Sums * rounds;
        }

        Sink = Vector128.Sum(Run128(rounds));
        return 2.0 * 4 * Sums * rounds;
    }

    /// <summary>Keeps the results alive.</summary>
    internal static float Sink { get; private set; }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static Vector512<float> Run512(int rounds)
    {
        Vector512<float> x = Vector512.Create(0.999f), y = Vector512.Create(1e-3f);
        Vector512<float> s0 = x, s1 = x, s2 = x, s3 = x, s4 = x, s5 = x, s6 = x, s7 = x, s8 = x, s9 = x, s10 = x, s11 = x;
        for (int i = 0; i < rounds; i++)
        {
            s0 = Avx512F.FusedMultiplyAdd(s0, x, y);
            s1 = Avx512F.FusedMultiplyAdd(s1, x, y);
            s2 = Avx512F.FusedMultiplyAdd(s2, x, y);
            s3 = Avx512F.FusedMultiplyAdd(s3, x, y);
            s4 = Avx512F.FusedMultiplyAdd(s4, x, y);
            s5 = Avx512F.FusedMultiplyAdd(s5, x, y);
            s6 = Avx512F.FusedMultiplyAdd(s6, x, y);
            s7 = Avx512F.FusedMultiplyAdd(s7, x, y);
            s8 = Avx512F.FusedMultiplyAdd(s8, x, y);
            s9 = Avx512F.FusedMultiplyAdd(s9, x, y);
            s10 = Avx512F.FusedMultiplyAdd(s10, x, y);
            s11 = Avx512F.FusedMultiplyAdd(s11, x, y);
        }

        return s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7 + s8 + s9 + s10 + s11;
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static Vector256<float> Run256(int rounds)
    {
        Vector256<float> x = Vector256.Create(0.999f), y = Vector256.Create(1e-3f);
        Vector256<float> s0 = x, s1 = x, s2 = x, s3 = x, s4 = x, s5 = x, s6 = x, s7 = x, s8 = x, s9 = x, s10 = x, s11 = x;
        for (int i = 0; i < rounds; i++)
        {
            s0 = Fma.MultiplyAdd(s0, x, y);
            s1 = Fma.MultiplyAdd(s1, x, y);
            s2 = Fma.MultiplyAdd(s2, x, y);
            s3 = Fma.MultiplyAdd(s3, x, y);
            s4 = Fma.MultiplyAdd(s4, x, y);
            s5 = Fma.MultiplyAdd(s5, x, y);
            s6 = Fma.MultiplyAdd(s6, x, y);
            s7 = Fma.MultiplyAdd(s7, x, y);
            s8 = Fma.MultiplyAdd(s8, x, y);
            s9 = Fma.MultiplyAdd(s9, x, y);
            s10 = Fma.MultiplyAdd(s10, x, y);
            s11 = Fma.MultiplyAdd(s11, x, y);
        }

        return s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7 + s8 + s9 + s10 + s11;
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static Vector128<float> Run128(int rounds)
    {
        Vector128<float> x = Vector128.Create(0.999f), y = Vector128.Create(1e-3f);
        Vector128<float> s0 = x, s1 = x, s2 = x, s3 = x, s4 = x, s5 = x, s6 = x, s7 = x, s8 = x, s9 = x, s10 = x, s11 = x;
        for (int i = 0; i < rounds; i++)
        {
            s0 = Vector128.MultiplyAddEstimate(s0, x, y);
            s1 = Vector128.MultiplyAddEstimate(s1, x, y);
            s2 = Vector128.MultiplyAddEstimate(s2, x, y);
            s3 = Vector128.MultiplyAddEstimate(s3, x, y);
            s4 = Vector128.MultiplyAddEstimate(s4, x, y);
            s5 = Vector128.MultiplyAddEstimate(s5, x, y);
            s6 = Vector128.MultiplyAddEstimate(s6, x, y);
            s7 = Vector128.MultiplyAddEstimate(s7, x, y);
            s8 = Vector128.MultiplyAddEstimate(s8, x, y);
            s9 = Vector128.MultiplyAddEstimate(s9, x, y);
            s10 = Vector128.MultiplyAddEstimate(s10, x, y);
            s11 = Vector128.MultiplyAddEstimate(s11, x, y);
        }

        return s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7 + s8 + s9 + s10 + s11;
    }
}
