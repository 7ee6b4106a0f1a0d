using System.Runtime.Intrinsics.X86;

namespace Detr.Kernels;

/// <summary>
/// The innermost product: tile[Rows, Columns] = Σₖ a[k, Rows]ᵀ b[k, Columns], a and b packed so that each step of k reads
/// the next Rows and Columns numbers. All sums stay in registers.
/// </summary>
/// <param name="rows">Rows of the tile, and of a packed panel of A.</param>
/// <param name="columns">Columns of the tile, and of a packed panel of B.</param>
/// <param name="execute">Takes depth, a, b and the tile.</param>
internal readonly unsafe struct Microkernel(int rows, int columns, delegate*<nint, float*, float*, float*, void> execute)
{
    /// <summary>The largest tile of all microkernels, in elements.</summary>
    internal const int LargestTile = Avx512Microkernel.Rows * Avx512Microkernel.Columns;

    internal readonly int Rows = rows;

    internal readonly int Columns = columns;

    internal readonly delegate*<nint, float*, float*, float*, void> Execute = execute;

    /// <summary>How many rows <see cref="ExecuteFew"/> makes; 0 when there is none.</summary>
    internal int FewRows { get; init; }

    /// <summary>Makes the first rows of the tile alone, in less time; every sum is the same to the bit.</summary>
    internal delegate*<nint, float*, float*, float*, void> ExecuteFew { get; init; }

    /// <summary>Takes depth, rows of A as they stand, bytes between them, b and the tile; null when there is none.</summary>
    internal delegate*<nint, float*, nint, float*, float*, void> ExecuteInPlace { get; init; }

    /// <summary>The same for <see cref="FewRows"/>.</summary>
    internal delegate*<nint, float*, nint, float*, float*, void> ExecuteFewInPlace { get; init; }

    /// <summary>The fastest one that this processor has.</summary>
    internal static Microkernel Best
    {
        get
        {
            if (Avx512F.IsSupported)
            {
                return new(Avx512Microkernel.Rows, Avx512Microkernel.Columns, &Avx512Microkernel.Execute)
                {
                    FewRows = Avx512Microkernel.FewRows,
                    ExecuteFew = &Avx512Microkernel.ExecuteFew,
                    ExecuteInPlace = &Avx512Microkernel.ExecuteInPlace,
                    ExecuteFewInPlace = &Avx512Microkernel.ExecuteFewInPlace,
                };
            }

            if (Fma.IsSupported)
            {
                return new(Avx2Microkernel.Rows, Avx2Microkernel.Columns, &Avx2Microkernel.Execute)
                {
                    ExecuteInPlace = &Avx2Microkernel.ExecuteInPlace,
                };
            }

            return new(PortableMicrokernel.Rows, PortableMicrokernel.Columns, &PortableMicrokernel.Execute);
        }
    }
}
