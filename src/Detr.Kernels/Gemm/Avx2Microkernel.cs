using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Detr.Kernels;

/// <summary>
/// 6 × 16 with AVX2 and FMA: 12 of the 16 registers hold sums, two hold B, one a broadcast element of A.
/// </summary>
internal static unsafe class Avx2Microkernel
{
    internal const int Rows = 6;

    internal const int Columns = 16;

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    internal static void Execute(nint depth, float* a, float* b, float* tile)
    {
        Vector256<float> c0_0 = Vector256<float>.Zero, c0_1 = Vector256<float>.Zero;
        Vector256<float> c1_0 = Vector256<float>.Zero, c1_1 = Vector256<float>.Zero;
        Vector256<float> c2_0 = Vector256<float>.Zero, c2_1 = Vector256<float>.Zero;
        Vector256<float> c3_0 = Vector256<float>.Zero, c3_1 = Vector256<float>.Zero;
        Vector256<float> c4_0 = Vector256<float>.Zero, c4_1 = Vector256<float>.Zero;
        Vector256<float> c5_0 = Vector256<float>.Zero, c5_1 = Vector256<float>.Zero;
        while (depth > 0)
        {
            Vector256<float> b0 = Vector256.LoadAligned(b);
            Vector256<float> b1 = Vector256.LoadAligned(b + 8);
            Vector256<float> a0 = Vector256.Create(*a);
            c0_0 = Fma.MultiplyAdd(a0, b0, c0_0);
            c0_1 = Fma.MultiplyAdd(a0, b1, c0_1);
            Vector256<float> a1 = Vector256.Create(*(a + 1));
            c1_0 = Fma.MultiplyAdd(a1, b0, c1_0);
            c1_1 = Fma.MultiplyAdd(a1, b1, c1_1);
            Vector256<float> a2 = Vector256.Create(*(a + 2));
            c2_0 = Fma.MultiplyAdd(a2, b0, c2_0);
            c2_1 = Fma.MultiplyAdd(a2, b1, c2_1);
            Vector256<float> a3 = Vector256.Create(*(a + 3));
            c3_0 = Fma.MultiplyAdd(a3, b0, c3_0);
            c3_1 = Fma.MultiplyAdd(a3, b1, c3_1);
            Vector256<float> a4 = Vector256.Create(*(a + 4));
            c4_0 = Fma.MultiplyAdd(a4, b0, c4_0);
            c4_1 = Fma.MultiplyAdd(a4, b1, c4_1);
            Vector256<float> a5 = Vector256.Create(*(a + 5));
            c5_0 = Fma.MultiplyAdd(a5, b0, c5_0);
            c5_1 = Fma.MultiplyAdd(a5, b1, c5_1);
            a += Rows;
            b += Columns;
            depth--;
        }

        c0_0.Store(tile);
        c0_1.Store(tile + 8);
        c1_0.Store(tile + 16);
        c1_1.Store(tile + 24);
        c2_0.Store(tile + 32);
        c2_1.Store(tile + 40);
        c3_0.Store(tile + 48);
        c3_1.Store(tile + 56);
        c4_0.Store(tile + 64);
        c4_1.Store(tile + 72);
        c5_0.Store(tile + 80);
        c5_1.Store(tile + 88);
    }

    /// <summary>
    /// The tile with A where it stands, row after row: for products of so few columns that packing A would not pay.
    /// </summary>
    /// <param name="depth">Steps of depth.</param>
    /// <param name="rows">The first row's first element.</param>
    /// <param name="stride">Bytes from one row to the next.</param>
    /// <param name="b">The panel of B.</param>
    /// <param name="tile">Takes the result.</param>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    internal static void ExecuteInPlace(nint depth, float* rows, nint stride, float* b, float* tile)
    {
        byte* a = (byte*)rows, third = a + (3 * stride);
        nint twice = 2 * stride;
        Vector256<float> c0_0 = Vector256<float>.Zero, c0_1 = Vector256<float>.Zero;
        Vector256<float> c1_0 = Vector256<float>.Zero, c1_1 = Vector256<float>.Zero;
        Vector256<float> c2_0 = Vector256<float>.Zero, c2_1 = Vector256<float>.Zero;
        Vector256<float> c3_0 = Vector256<float>.Zero, c3_1 = Vector256<float>.Zero;
        Vector256<float> c4_0 = Vector256<float>.Zero, c4_1 = Vector256<float>.Zero;
        Vector256<float> c5_0 = Vector256<float>.Zero, c5_1 = Vector256<float>.Zero;
        while (depth > 0)
        {
            Vector256<float> b0 = Vector256.LoadAligned(b);
            Vector256<float> b1 = Vector256.LoadAligned(b + 8);
            Vector256<float> a0 = Vector256.Create(*(float*)a);
            c0_0 = Fma.MultiplyAdd(a0, b0, c0_0);
            c0_1 = Fma.MultiplyAdd(a0, b1, c0_1);
            Vector256<float> a1 = Vector256.Create(*(float*)(a + stride));
            c1_0 = Fma.MultiplyAdd(a1, b0, c1_0);
            c1_1 = Fma.MultiplyAdd(a1, b1, c1_1);
            Vector256<float> a2 = Vector256.Create(*(float*)(a + twice));
            c2_0 = Fma.MultiplyAdd(a2, b0, c2_0);
            c2_1 = Fma.MultiplyAdd(a2, b1, c2_1);
            Vector256<float> a3 = Vector256.Create(*(float*)third);
            c3_0 = Fma.MultiplyAdd(a3, b0, c3_0);
            c3_1 = Fma.MultiplyAdd(a3, b1, c3_1);
            Vector256<float> a4 = Vector256.Create(*(float*)(third + stride));
            c4_0 = Fma.MultiplyAdd(a4, b0, c4_0);
            c4_1 = Fma.MultiplyAdd(a4, b1, c4_1);
            Vector256<float> a5 = Vector256.Create(*(float*)(third + twice));
            c5_0 = Fma.MultiplyAdd(a5, b0, c5_0);
            c5_1 = Fma.MultiplyAdd(a5, b1, c5_1);
            a += sizeof(float);
            third += sizeof(float);
            b += Columns;
            depth--;
        }

        c0_0.Store(tile);
        c0_1.Store(tile + 8);
        c1_0.Store(tile + 16);
        c1_1.Store(tile + 24);
        c2_0.Store(tile + 32);
        c2_1.Store(tile + 40);
        c3_0.Store(tile + 48);
        c3_1.Store(tile + 56);
        c4_0.Store(tile + 64);
        c4_1.Store(tile + 72);
        c5_0.Store(tile + 80);
        c5_1.Store(tile + 88);
    }
}
