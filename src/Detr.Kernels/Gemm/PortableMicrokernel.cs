using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Detr.Kernels;

/// <summary>
/// 4 × 8 in 128-bit vectors, which every platform has or imitates.
/// </summary>
internal static unsafe class PortableMicrokernel
{
    internal const int Rows = 4;

    internal const int Columns = 8;

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    internal static void Execute(nint depth, float* a, float* b, float* tile)
    {
        Vector128<float> c0_0 = Vector128<float>.Zero, c0_1 = Vector128<float>.Zero;
        Vector128<float> c1_0 = Vector128<float>.Zero, c1_1 = Vector128<float>.Zero;
        Vector128<float> c2_0 = Vector128<float>.Zero, c2_1 = Vector128<float>.Zero;
        Vector128<float> c3_0 = Vector128<float>.Zero, c3_1 = Vector128<float>.Zero;
        while (depth > 0)
        {
            Vector128<float> b0 = Vector128.LoadAligned(b);
            Vector128<float> b1 = Vector128.LoadAligned(b + 4);
            Vector128<float> a0 = Vector128.Create(*a);
            c0_0 = Vector128.MultiplyAddEstimate(a0, b0, c0_0);
            c0_1 = Vector128.MultiplyAddEstimate(a0, b1, c0_1);
            Vector128<float> a1 = Vector128.Create(*(a + 1));
            c1_0 = Vector128.MultiplyAddEstimate(a1, b0, c1_0);
            c1_1 = Vector128.MultiplyAddEstimate(a1, b1, c1_1);
            Vector128<float> a2 = Vector128.Create(*(a + 2));
            c2_0 = Vector128.MultiplyAddEstimate(a2, b0, c2_0);
            c2_1 = Vector128.MultiplyAddEstimate(a2, b1, c2_1);
            Vector128<float> a3 = Vector128.Create(*(a + 3));
            c3_0 = Vector128.MultiplyAddEstimate(a3, b0, c3_0);
            c3_1 = Vector128.MultiplyAddEstimate(a3, b1, c3_1);
            a += Rows;
            b += Columns;
            depth--;
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
