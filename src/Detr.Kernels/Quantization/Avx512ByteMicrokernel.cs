using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Detr.Kernels;

/// <summary>
/// 8 × 32 with AVX-512: sixteen registers of sums, eight of B. Four steps of products are added in 16 bits, which
/// <see cref="QuantizedKernel"/> keeps from overflowing, before one more instruction brings them to 32: five multiplications do what
/// eight would without.
/// </summary>
internal static unsafe class Avx512ByteMicrokernel
{
    internal const int Rows = 8;

    internal const int Columns = 32;

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    internal static void Execute(nint blocks, byte* a, nint stride, sbyte* b, int* tile)
    {
        byte* third = a + (3 * stride), sixth = a + (6 * stride);
        nint twice = 2 * stride;
        Vector512<short> ones = Vector512<short>.One;
        Vector512<int> c0_0 = Vector512<int>.Zero, c0_1 = Vector512<int>.Zero;
        Vector512<int> c1_0 = Vector512<int>.Zero, c1_1 = Vector512<int>.Zero;
        Vector512<int> c2_0 = Vector512<int>.Zero, c2_1 = Vector512<int>.Zero;
        Vector512<int> c3_0 = Vector512<int>.Zero, c3_1 = Vector512<int>.Zero;
        Vector512<int> c4_0 = Vector512<int>.Zero, c4_1 = Vector512<int>.Zero;
        Vector512<int> c5_0 = Vector512<int>.Zero, c5_1 = Vector512<int>.Zero;
        Vector512<int> c6_0 = Vector512<int>.Zero, c6_1 = Vector512<int>.Zero;
        Vector512<int> c7_0 = Vector512<int>.Zero, c7_1 = Vector512<int>.Zero;
        while (blocks > 0)
        {
            Vector512<sbyte> b0_0 = Avx512BW.LoadVector512(b);
            Vector512<sbyte> b0_1 = Avx512BW.LoadVector512(b + 64);
            Vector512<sbyte> b1_0 = Avx512BW.LoadVector512(b + 128);
            Vector512<sbyte> b1_1 = Avx512BW.LoadVector512(b + 192);
            Vector512<sbyte> b2_0 = Avx512BW.LoadVector512(b + 256);
            Vector512<sbyte> b2_1 = Avx512BW.LoadVector512(b + 320);
            Vector512<sbyte> b3_0 = Avx512BW.LoadVector512(b + 384);
            Vector512<sbyte> b3_1 = Avx512BW.LoadVector512(b + 448);
            Vector512<byte> a0_0 = Vector512.Create(*(int*)a).AsByte(), a0_1 = Vector512.Create(*(int*)(a + 4)).AsByte();
            Vector512<byte> a0_2 = Vector512.Create(*(int*)(a + 8)).AsByte(), a0_3 = Vector512.Create(*(int*)(a + 12)).AsByte();
            Vector512<short> s0_0 = Avx512BW.Add(Avx512BW.Add(Products(a0_0, b0_0), Products(a0_1, b1_0)), Avx512BW.Add(Products(a0_2, b2_0), Products(a0_3, b3_0)));
            Vector512<short> s0_1 = Avx512BW.Add(Avx512BW.Add(Products(a0_0, b0_1), Products(a0_1, b1_1)), Avx512BW.Add(Products(a0_2, b2_1), Products(a0_3, b3_1)));
            c0_0 = Avx512F.Add(c0_0, Avx512BW.MultiplyAddAdjacent(s0_0, ones));
            c0_1 = Avx512F.Add(c0_1, Avx512BW.MultiplyAddAdjacent(s0_1, ones));
            Vector512<byte> a1_0 = Vector512.Create(*(int*)(a + stride)).AsByte(), a1_1 = Vector512.Create(*(int*)(a + stride + 4)).AsByte();
            Vector512<byte> a1_2 = Vector512.Create(*(int*)(a + stride + 8)).AsByte(), a1_3 = Vector512.Create(*(int*)(a + stride + 12)).AsByte();
            Vector512<short> s1_0 = Avx512BW.Add(Avx512BW.Add(Products(a1_0, b0_0), Products(a1_1, b1_0)), Avx512BW.Add(Products(a1_2, b2_0), Products(a1_3, b3_0)));
            Vector512<short> s1_1 = Avx512BW.Add(Avx512BW.Add(Products(a1_0, b0_1), Products(a1_1, b1_1)), Avx512BW.Add(Products(a1_2, b2_1), Products(a1_3, b3_1)));
            c1_0 = Avx512F.Add(c1_0, Avx512BW.MultiplyAddAdjacent(s1_0, ones));
            c1_1 = Avx512F.Add(c1_1, Avx512BW.MultiplyAddAdjacent(s1_1, ones));
            Vector512<byte> a2_0 = Vector512.Create(*(int*)(a + twice)).AsByte(), a2_1 = Vector512.Create(*(int*)(a + twice + 4)).AsByte();
            Vector512<byte> a2_2 = Vector512.Create(*(int*)(a + twice + 8)).AsByte(), a2_3 = Vector512.Create(*(int*)(a + twice + 12)).AsByte();
            Vector512<short> s2_0 = Avx512BW.Add(Avx512BW.Add(Products(a2_0, b0_0), Products(a2_1, b1_0)), Avx512BW.Add(Products(a2_2, b2_0), Products(a2_3, b3_0)));
            Vector512<short> s2_1 = Avx512BW.Add(Avx512BW.Add(Products(a2_0, b0_1), Products(a2_1, b1_1)), Avx512BW.Add(Products(a2_2, b2_1), Products(a2_3, b3_1)));
            c2_0 = Avx512F.Add(c2_0, Avx512BW.MultiplyAddAdjacent(s2_0, ones));
            c2_1 = Avx512F.Add(c2_1, Avx512BW.MultiplyAddAdjacent(s2_1, ones));
            Vector512<byte> a3_0 = Vector512.Create(*(int*)third).AsByte(), a3_1 = Vector512.Create(*(int*)(third + 4)).AsByte();
            Vector512<byte> a3_2 = Vector512.Create(*(int*)(third + 8)).AsByte(), a3_3 = Vector512.Create(*(int*)(third + 12)).AsByte();
            Vector512<short> s3_0 = Avx512BW.Add(Avx512BW.Add(Products(a3_0, b0_0), Products(a3_1, b1_0)), Avx512BW.Add(Products(a3_2, b2_0), Products(a3_3, b3_0)));
            Vector512<short> s3_1 = Avx512BW.Add(Avx512BW.Add(Products(a3_0, b0_1), Products(a3_1, b1_1)), Avx512BW.Add(Products(a3_2, b2_1), Products(a3_3, b3_1)));
            c3_0 = Avx512F.Add(c3_0, Avx512BW.MultiplyAddAdjacent(s3_0, ones));
            c3_1 = Avx512F.Add(c3_1, Avx512BW.MultiplyAddAdjacent(s3_1, ones));
            Vector512<byte> a4_0 = Vector512.Create(*(int*)(third + stride)).AsByte(), a4_1 = Vector512.Create(*(int*)(third + stride + 4)).AsByte();
            Vector512<byte> a4_2 = Vector512.Create(*(int*)(third + stride + 8)).AsByte(), a4_3 = Vector512.Create(*(int*)(third + stride + 12)).AsByte();
            Vector512<short> s4_0 = Avx512BW.Add(Avx512BW.Add(Products(a4_0, b0_0), Products(a4_1, b1_0)), Avx512BW.Add(Products(a4_2, b2_0), Products(a4_3, b3_0)));
            Vector512<short> s4_1 = Avx512BW.Add(Avx512BW.Add(Products(a4_0, b0_1), Products(a4_1, b1_1)), Avx512BW.Add(Products(a4_2, b2_1), Products(a4_3, b3_1)));
            c4_0 = Avx512F.Add(c4_0, Avx512BW.MultiplyAddAdjacent(s4_0, ones));
            c4_1 = Avx512F.Add(c4_1, Avx512BW.MultiplyAddAdjacent(s4_1, ones));
            Vector512<byte> a5_0 = Vector512.Create(*(int*)(third + twice)).AsByte(), a5_1 = Vector512.Create(*(int*)(third + twice + 4)).AsByte();
            Vector512<byte> a5_2 = Vector512.Create(*(int*)(third + twice + 8)).AsByte(), a5_3 = Vector512.Create(*(int*)(third + twice + 12)).AsByte();
            Vector512<short> s5_0 = Avx512BW.Add(Avx512BW.Add(Products(a5_0, b0_0), Products(a5_1, b1_0)), Avx512BW.Add(Products(a5_2, b2_0), Products(a5_3, b3_0)));
            Vector512<short> s5_1 = Avx512BW.Add(Avx512BW.Add(Products(a5_0, b0_1), Products(a5_1, b1_1)), Avx512BW.Add(Products(a5_2, b2_1), Products(a5_3, b3_1)));
            c5_0 = Avx512F.Add(c5_0, Avx512BW.MultiplyAddAdjacent(s5_0, ones));
            c5_1 = Avx512F.Add(c5_1, Avx512BW.MultiplyAddAdjacent(s5_1, ones));
            Vector512<byte> a6_0 = Vector512.Create(*(int*)sixth).AsByte(), a6_1 = Vector512.Create(*(int*)(sixth + 4)).AsByte();
            Vector512<byte> a6_2 = Vector512.Create(*(int*)(sixth + 8)).AsByte(), a6_3 = Vector512.Create(*(int*)(sixth + 12)).AsByte();
            Vector512<short> s6_0 = Avx512BW.Add(Avx512BW.Add(Products(a6_0, b0_0), Products(a6_1, b1_0)), Avx512BW.Add(Products(a6_2, b2_0), Products(a6_3, b3_0)));
            Vector512<short> s6_1 = Avx512BW.Add(Avx512BW.Add(Products(a6_0, b0_1), Products(a6_1, b1_1)), Avx512BW.Add(Products(a6_2, b2_1), Products(a6_3, b3_1)));
            c6_0 = Avx512F.Add(c6_0, Avx512BW.MultiplyAddAdjacent(s6_0, ones));
            c6_1 = Avx512F.Add(c6_1, Avx512BW.MultiplyAddAdjacent(s6_1, ones));
            Vector512<byte> a7_0 = Vector512.Create(*(int*)(sixth + stride)).AsByte(), a7_1 = Vector512.Create(*(int*)(sixth + stride + 4)).AsByte();
            Vector512<byte> a7_2 = Vector512.Create(*(int*)(sixth + stride + 8)).AsByte(), a7_3 = Vector512.Create(*(int*)(sixth + stride + 12)).AsByte();
            Vector512<short> s7_0 = Avx512BW.Add(Avx512BW.Add(Products(a7_0, b0_0), Products(a7_1, b1_0)), Avx512BW.Add(Products(a7_2, b2_0), Products(a7_3, b3_0)));
            Vector512<short> s7_1 = Avx512BW.Add(Avx512BW.Add(Products(a7_0, b0_1), Products(a7_1, b1_1)), Avx512BW.Add(Products(a7_2, b2_1), Products(a7_3, b3_1)));
            c7_0 = Avx512F.Add(c7_0, Avx512BW.MultiplyAddAdjacent(s7_0, ones));
            c7_1 = Avx512F.Add(c7_1, Avx512BW.MultiplyAddAdjacent(s7_1, ones));
            a += 16;
            third += 16;
            sixth += 16;
            b += 512;
            blocks--;
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<short> Products(Vector512<byte> a, Vector512<sbyte> b) => Avx512BW.MultiplyAddAdjacent(a, b);
}
