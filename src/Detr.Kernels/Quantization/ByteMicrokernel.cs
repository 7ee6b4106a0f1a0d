using System.Runtime.Intrinsics.X86;

namespace Detr.Kernels;

/// <summary>
/// The innermost product of bytes: tile[Rows, Columns] = Σₖ a[Rows, k] b[k, Columns], a from 0 to 127 and read where it stands, row
/// after row; b signed and packed by <see cref="PackedQuantizedKernel"/>. Sums are exact.
/// </summary>
/// <param name="rows">Rows of the tile.</param>
/// <param name="columns">Columns of the tile, and of a packed panel of B.</param>
/// <param name="execute">Takes blocks of depth, rows of A, bytes from one to the next, the panel and the tile.</param>
internal readonly unsafe struct ByteMicrokernel(int rows, int columns, delegate*<nint, byte*, nint, sbyte*, int*, void> execute)
{
    /// <summary>Steps of depth whose products are added before they are widened.</summary>
    internal const int DepthBlock = 16;

    /// <summary>Steps of depth that stand together in a panel, column after column.</summary>
    internal const int Step = 4;

    /// <summary>The largest tile of all microkernels, in elements.</summary>
    internal const int LargestTile = Avx512ByteMicrokernel.Rows * Avx512ByteMicrokernel.Columns;

    internal readonly int Rows = rows;

    internal readonly int Columns = columns;

    internal readonly delegate*<nint, byte*, nint, sbyte*, int*, void> Execute = execute;

    /// <summary>The fastest one that this processor has.</summary>
    internal static ByteMicrokernel Best => Avx512BW.IsSupported ? new(Avx512ByteMicrokernel.Rows, Avx512ByteMicrokernel.Columns, &Avx512ByteMicrokernel.Execute)
        : Avx2.IsSupported ? new(Avx2ByteMicrokernel.Rows, Avx2ByteMicrokernel.Columns, &Avx2ByteMicrokernel.Execute)
        : new(PortableByteMicrokernel.Rows, PortableByteMicrokernel.Columns, &PortableByteMicrokernel.Execute);

    /// <summary>A depth rounded up to whole blocks.</summary>
    internal static int RoundUp(int depth) => checked(depth + DepthBlock - 1) / DepthBlock * DepthBlock;
}
