using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Detr.Kernels;

/// <summary>
/// The second product of an attention: tile[channel, lane] = Σ v[key, channel] · w[key, lane], values read where they stand,
/// weights a panel as wide as <see cref="Microkernel"/>'s columns. Its rows divide the sizes that heads have.
/// </summary>
internal static unsafe class ValueMicrokernel
{
    /// <summary>Channels of a tile.</summary>
    internal static int Rows => Avx512F.IsSupported ? 8 : 4;

    /// <summary>Makes a tile.</summary>
    /// <param name="keys">How many keys.</param>
    /// <param name="values">The first key's first channel.</param>
    /// <param name="stride">Elements from one key to the next.</param>
    /// <param name="weights">[keys, columns], on a 64-byte boundary.</param>
    /// <param name="tile">[Rows, columns]; overwritten.</param>
    internal static void Execute(nint keys, float* values, nint stride, float* weights, float* tile)
    {
        if (Avx512F.IsSupported)
        {
            ExecuteAvx512(keys, values, stride, weights, tile);
        }
        else if (Fma.IsSupported)
        {
            ExecuteAvx2(keys, values, stride, weights, tile);
        }
        else
        {
            ExecutePortable(keys, values, stride, weights, tile);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void ExecuteAvx512(nint keys, float* values, nint stride, float* weights, float* tile)
    {
        Vector512<float> c0_0 = Vector512<float>.Zero, c0_1 = Vector512<float>.Zero;
        Vector512<float> c1_0 = Vector512<float>.Zero, c1_1 = Vector512<float>.Zero;
        Vector512<float> c2_0 = Vector512<float>.Zero, c2_1 = Vector512<float>.Zero;
        Vector512<float> c3_0 = Vector512<float>.Zero, c3_1 = Vector512<float>.Zero;
        Vector512<float> c4_0 = Vector512<float>.Zero, c4_1 = Vector512<float>.Zero;
        Vector512<float> c5_0 = Vector512<float>.Zero, c5_1 = Vector512<float>.Zero;
        Vector512<float> c6_0 = Vector512<float>.Zero, c6_1 = Vector512<float>.Zero;
        Vector512<float> c7_0 = Vector512<float>.Zero, c7_1 = Vector512<float>.Zero;
        while (keys > 0)
        {
            Vector512<float> w0 = Avx512F.LoadAlignedVector512(weights);
            Vector512<float> w1 = Avx512F.LoadAlignedVector512(weights + 16);
            Vector512<float> v0 = Vector512.Create(*values);
            c0_0 = Avx512F.FusedMultiplyAdd(v0, w0, c0_0);
            c0_1 = Avx512F.FusedMultiplyAdd(v0, w1, c0_1);
            Vector512<float> v1 = Vector512.Create(*(values + 1));
            c1_0 = Avx512F.FusedMultiplyAdd(v1, w0, c1_0);
            c1_1 = Avx512F.FusedMultiplyAdd(v1, w1, c1_1);
            Vector512<float> v2 = Vector512.Create(*(values + 2));
            c2_0 = Avx512F.FusedMultiplyAdd(v2, w0, c2_0);
            c2_1 = Avx512F.FusedMultiplyAdd(v2, w1, c2_1);
            Vector512<float> v3 = Vector512.Create(*(values + 3));
            c3_0 = Avx512F.FusedMultiplyAdd(v3, w0, c3_0);
            c3_1 = Avx512F.FusedMultiplyAdd(v3, w1, c3_1);
            Vector512<float> v4 = Vector512.Create(*(values + 4));
            c4_0 = Avx512F.FusedMultiplyAdd(v4, w0, c4_0);
            c4_1 = Avx512F.FusedMultiplyAdd(v4, w1, c4_1);
            Vector512<float> v5 = Vector512.Create(*(values + 5));
            c5_0 = Avx512F.FusedMultiplyAdd(v5, w0, c5_0);
            c5_1 = Avx512F.FusedMultiplyAdd(v5, w1, c5_1);
            Vector512<float> v6 = Vector512.Create(*(values + 6));
            c6_0 = Avx512F.FusedMultiplyAdd(v6, w0, c6_0);
            c6_1 = Avx512F.FusedMultiplyAdd(v6, w1, c6_1);
            Vector512<float> v7 = Vector512.Create(*(values + 7));
            c7_0 = Avx512F.FusedMultiplyAdd(v7, w0, c7_0);
            c7_1 = Avx512F.FusedMultiplyAdd(v7, w1, c7_1);
            values += stride;
            weights += 32;
            keys--;
        }

        c0_0.Store(tile);
        c0_1.Store(tile + 16);
        c1_0.Store(tile + 32);
        c1_1.Store(tile + 48);
        c2_0.Store(tile + 64);
        c2_1.Store(tile + 80);
        c3_0.Store(tile + 96);
        c3_1.Store(tile + 112);
        c4_0.Store(tile + 128);
        c4_1.Store(tile + 144);
        c5_0.Store(tile + 160);
        c5_1.Store(tile + 176);
        c6_0.Store(tile + 192);
        c6_1.Store(tile + 208);
        c7_0.Store(tile + 224);
        c7_1.Store(tile + 240);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void ExecuteAvx2(nint keys, float* values, nint stride, float* weights, float* tile)
    {
        Vector256<float> c0_0 = Vector256<float>.Zero, c0_1 = Vector256<float>.Zero;
        Vector256<float> c1_0 = Vector256<float>.Zero, c1_1 = Vector256<float>.Zero;
        Vector256<float> c2_0 = Vector256<float>.Zero, c2_1 = Vector256<float>.Zero;
        Vector256<float> c3_0 = Vector256<float>.Zero, c3_1 = Vector256<float>.Zero;
        while (keys > 0)
        {
            Vector256<float> w0 = Vector256.LoadAligned(weights);
            Vector256<float> w1 = Vector256.LoadAligned(weights + 8);
            Vector256<float> v0 = Vector256.Create(*values);
            c0_0 = Fma.MultiplyAdd(v0, w0, c0_0);
            c0_1 = Fma.MultiplyAdd(v0, w1, c0_1);
            Vector256<float> v1 = Vector256.Create(*(values + 1));
            c1_0 = Fma.MultiplyAdd(v1, w0, c1_0);
            c1_1 = Fma.MultiplyAdd(v1, w1, c1_1);
            Vector256<float> v2 = Vector256.Create(*(values + 2));
            c2_0 = Fma.MultiplyAdd(v2, w0, c2_0);
            c2_1 = Fma.MultiplyAdd(v2, w1, c2_1);
            Vector256<float> v3 = Vector256.Create(*(values + 3));
            c3_0 = Fma.MultiplyAdd(v3, w0, c3_0);
            c3_1 = Fma.MultiplyAdd(v3, w1, c3_1);
            values += stride;
            weights += 16;
            keys--;
        }

        c0_0.Store(tile);
        c0_1.Store(tile + 8);
        c1_0.Store(tile + 16);
        c1_1.Store(tile + 24);
        c2_0.Store(tile + 32);
        c2_1.Store(tile + 40);
        c3_0.Store(tile + 48);
        c3_1.Store(tile + 56);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void ExecutePortable(nint keys, float* values, nint stride, float* weights, float* tile)
    {
        Vector128<float> c0_0 = Vector128<float>.Zero, c0_1 = Vector128<float>.Zero;
        Vector128<float> c1_0 = Vector128<float>.Zero, c1_1 = Vector128<float>.Zero;
        Vector128<float> c2_0 = Vector128<float>.Zero, c2_1 = Vector128<float>.Zero;
        Vector128<float> c3_0 = Vector128<float>.Zero, c3_1 = Vector128<float>.Zero;
        while (keys > 0)
        {
            Vector128<float> w0 = Vector128.LoadAligned(weights);
            Vector128<float> w1 = Vector128.LoadAligned(weights + 4);
            Vector128<float> v0 = Vector128.Create(*values);
            c0_0 = Vector128.MultiplyAddEstimate(v0, w0, c0_0);
            c0_1 = Vector128.MultiplyAddEstimate(v0, w1, c0_1);
            Vector128<float> v1 = Vector128.Create(*(values + 1));
            c1_0 = Vector128.MultiplyAddEstimate(v1, w0, c1_0);
            c1_1 = Vector128.MultiplyAddEstimate(v1, w1, c1_1);
            Vector128<float> v2 = Vector128.Create(*(values + 2));
            c2_0 = Vector128.MultiplyAddEstimate(v2, w0, c2_0);
            c2_1 = Vector128.MultiplyAddEstimate(v2, w1, c2_1);
            Vector128<float> v3 = Vector128.Create(*(values + 3));
            c3_0 = Vector128.MultiplyAddEstimate(v3, w0, c3_0);
            c3_1 = Vector128.MultiplyAddEstimate(v3, w1, c3_1);
            values += stride;
            weights += 8;
            keys--;
        }

        c0_0.Store(tile);
        c0_1.Store(tile + 4);
        c1_0.Store(tile + 8);
        c1_1.Store(tile + 12);
        c2_0.Store(tile + 16);
        c2_1.Store(tile + 20);
        c3_0.Store(tile + 24);
        c3_1.Store(tile + 28);
    }
}
