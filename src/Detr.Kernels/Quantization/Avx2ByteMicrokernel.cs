using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Detr.Kernels;

/// <summary>
/// 8 × 8 with AVX2: eight registers of sums, four of B, as in <see cref="Avx512ByteMicrokernel"/>.
/// </summary>
internal static unsafe class Avx2ByteMicrokernel
{
    internal const int Rows = 8;

    internal const int Columns = 8;

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    internal static void Execute(nint blocks, byte* a, nint stride, sbyte* b, int* tile)
    {
        byte* third = a + (3 * stride), sixth = a + (6 * stride);
        nint twice = 2 * stride;
        Vector256<short> ones = Vector256<short>.One;
        Vector256<int> c0_0 = Vector256<int>.Zero;
        Vector256<int> c1_0 = Vector256<int>.Zero;
        Vector256<int> c2_0 = Vector256<int>.Zero;
        Vector256<int> c3_0 = Vector256<int>.Zero;
        Vector256<int> c4_0 = Vector256<int>.Zero;
        Vector256<int> c5_0 = Vector256<int>.Zero;
        Vector256<int> c6_0 = Vector256<int>.Zero;
        Vector256<int> c7_0 = Vector256<int>.Zero;
        while (blocks > 0)
        {
            Vector256<sbyte> b0_0 = Vector256.LoadAligned(b);
            Vector256<sbyte> b1_0 = Vector256.LoadAligned(b + 32);
            Vector256<sbyte> b2_0 = Vector256.LoadAligned(b + 64);
            Vector256<sbyte> b3_0 = Vector256.LoadAligned(b + 96);
            Vector256<byte> a0_0 = Vector256.Create(*(int*)a).AsByte(), a0_1 = Vector256.Create(*(int*)(a + 4)).AsByte();
            Vector256<byte> a0_2 = Vector256.Create(*(int*)(a + 8)).AsByte(), a0_3 = Vector256.Create(*(int*)(a + 12)).AsByte();
            Vector256<short> s0_0 = Products(a0_0, b0_0) + Products(a0_1, b1_0) + (Products(a0_2, b2_0) + Products(a0_3, b3_0));
            c0_0 += Avx2.MultiplyAddAdjacent(s0_0, ones);
            Vector256<byte> a1_0 = Vector256.Create(*(int*)(a + stride)).AsByte(), a1_1 = Vector256.Create(*(int*)(a + stride + 4)).AsByte();
            Vector256<byte> a1_2 = Vector256.Create(*(int*)(a + stride + 8)).AsByte(), a1_3 = Vector256.Create(*(int*)(a + stride + 12)).AsByte();
            Vector256<short> s1_0 = Products(a1_0, b0_0) + Products(a1_1, b1_0) + (Products(a1_2, b2_0) + Products(a1_3, b3_0));
            c1_0 += Avx2.MultiplyAddAdjacent(s1_0, ones);
            Vector256<byte> a2_0 = Vector256.Create(*(int*)(a + twice)).AsByte(), a2_1 = Vector256.Create(*(int*)(a + twice + 4)).AsByte();
            Vector256<byte> a2_2 = Vector256.Create(*(int*)(a + twice + 8)).AsByte(), a2_3 = Vector256.Create(*(int*)(a + twice + 12)).AsByte();
            Vector256<short> s2_0 = Products(a2_0, b0_0) + Products(a2_1, b1_0) + (Products(a2_2, b2_0) + Products(a2_3, b3_0));
            c2_0 += Avx2.MultiplyAddAdjacent(s2_0, ones);
            Vector256<byte> a3_0 = Vector256.Create(*(int*)third).AsByte(), a3_1 = Vector256.Create(*(int*)(third + 4)).AsByte();
            Vector256<byte> a3_2 = Vector256.Create(*(int*)(third + 8)).AsByte(), a3_3 = Vector256.Create(*(int*)(third + 12)).AsByte();
            Vector256<short> s3_0 = Products(a3_0, b0_0) + Products(a3_1, b1_0) + (Products(a3_2, b2_0) + Products(a3_3, b3_0));
            c3_0 += Avx2.MultiplyAddAdjacent(s3_0, ones);
            Vector256<byte> a4_0 = Vector256.Create(*(int*)(third + stride)).AsByte(), a4_1 = Vector256.Create(*(int*)(third + stride + 4)).AsByte();
            Vector256<byte> a4_2 = Vector256.Create(*(int*)(third + stride + 8)).AsByte(), a4_3 = Vector256.Create(*(int*)(third + stride + 12)).AsByte();
            Vector256<short> s4_0 = Products(a4_0, b0_0) + Products(a4_1, b1_0) + (Products(a4_2, b2_0) + Products(a4_3, b3_0));
            c4_0 += Avx2.MultiplyAddAdjacent(s4_0, ones);
            Vector256<byte> a5_0 = Vector256.Create(*(int*)(third + twice)).AsByte(), a5_1 = Vector256.Create(*(int*)(third + twice + 4)).AsByte();
            Vector256<byte> a5_2 = Vector256.Create(*(int*)(third + twice + 8)).AsByte(), a5_3 = Vector256.Create(*(int*)(third + twice + 12)).AsByte();
            Vector256<short> s5_0 = Products(a5_0, b0_0) + Products(a5_1, b1_0) + (Products(a5_2, b2_0) + Products(a5_3, b3_0));
            c5_0 += Avx2.MultiplyAddAdjacent(s5_0, ones);
            Vector256<byte> a6_0 = Vector256.Create(*(int*)sixth).AsByte(), a6_1 = Vector256.Create(*(int*)(sixth + 4)).AsByte();
            Vector256<byte> a6_2 = Vector256.Create(*(int*)(sixth + 8)).AsByte(), a6_3 = Vector256.Create(*(int*)(sixth + 12)).AsByte();
            Vector256<short> s6_0 = Products(a6_0, b0_0) + Products(a6_1, b1_0) + (Products(a6_2, b2_0) + Products(a6_3, b3_0));
            c6_0 += Avx2.MultiplyAddAdjacent(s6_0, ones);
            Vector256<byte> a7_0 = Vector256.Create(*(int*)(sixth + stride)).AsByte(), a7_1 = Vector256.Create(*(int*)(sixth + stride + 4)).AsByte();
            Vector256<byte> a7_2 = Vector256.Create(*(int*)(sixth + stride + 8)).AsByte(), a7_3 = Vector256.Create(*(int*)(sixth + stride + 12)).AsByte();
            Vector256<short> s7_0 = Products(a7_0, b0_0) + Products(a7_1, b1_0) + (Products(a7_2, b2_0) + Products(a7_3, b3_0));
            c7_0 += Avx2.MultiplyAddAdjacent(s7_0, ones);
            a += 16;
            third += 16;
            sixth += 16;
            b += 128;
            blocks--;
        }

        c0_0.Store(tile);
        c1_0.Store(tile + 8);
        c2_0.Store(tile + 16);
        c3_0.Store(tile + 24);
        c4_0.Store(tile + 32);
        c5_0.Store(tile + 40);
        c6_0.Store(tile + 48);
        c7_0.Store(tile + 56);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Products(Vector256<byte> a, Vector256<sbyte> b) => Avx2.MultiplyAddAdjacent(a, b);
}
