using System.Runtime.Intrinsics.X86;

namespace Detr.Kernels.Tests;

/// <summary>Which instructions the kernels may use in this process.</summary>
internal static class InstructionSets
{
    /// <summary>Where a child process writes the name of the set that it found.</summary>
    internal const string ReportVariable = "DETR_KERNELS_TESTS_REPORT";

    internal const string Avx512 = "AVX-512";

    internal const string Avx2 = "AVX2";

    internal const string Portable = "portable";

    /// <summary>The best set that this process may use.</summary>
    internal static string Current => Avx512F.IsSupported ? Avx512 : Fma.IsSupported ? Avx2 : Portable;
}
