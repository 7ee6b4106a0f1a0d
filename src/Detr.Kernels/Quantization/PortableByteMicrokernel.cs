using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Detr.Kernels;

/// <summary>4 × 8 in 128-bit vectors, which every platform has or imitates: right everywhere, fast nowhere.</summary>
internal static unsafe class PortableByteMicrokernel
{
    internal const int Rows = 4;

    internal const int Columns = 8;

    private const int Half = Columns / 2;

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void Execute(nint blocks, byte* a, nint stride, sbyte* b, int* tile)
    {
        for (int r = 0; r < Rows; r++)
        {
            for (int c = 0; c < Columns; c += Half)
            {
                FourColumns(blocks, a + (r * stride), b + (c * ByteMicrokernel.Step), tile + (r * Columns) + c);
            }
        }
    }

    private static void FourColumns(nint blocks, byte* a, sbyte* b, int* tile)
    {
        Vector128<int> low = Vector128<int>.Zero, high = Vector128<int>.Zero;
        for (; blocks > 0; blocks--)
        {
            Vector128<short> lowSums = Vector128<short>.Zero, highSums = Vector128<short>.Zero;
            for (int k = 0; k < ByteMicrokernel.DepthBlock; k += ByteMicrokernel.Step)
            {
                Vector128<short> factor = Vector128.WidenLower(Vector128.Create(*(int*)(a + k)).AsByte()).AsInt16();
                (Vector128<short> first, Vector128<short> second) = Vector128.Widen(Vector128.Load(b + (k * Columns)));
                lowSums += factor * first;
                highSums += factor * second;
            }

            low += Pairs(lowSums);
            high += Pairs(highSums);
            a += ByteMicrokernel.DepthBlock;
            b += ByteMicrokernel.DepthBlock * Columns;
        }

        tile[0] = low[0] + low[1];
        tile[1] = low[2] + low[3];
        tile[2] = high[0] + high[1];
        tile[3] = high[2] + high[3];
    }

    /// <summary>Neighbours added, in 32 bits.</summary>
    private static Vector128<int> Pairs(Vector128<short> x) => (x.AsInt32() >> 16) + ((x.AsInt32() << 16) >> 16);
}
