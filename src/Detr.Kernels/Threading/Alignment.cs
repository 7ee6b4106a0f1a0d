namespace Detr.Kernels;

/// <summary>
/// Where numbers lie that are summed or read as whole vectors. In which order a vectorised sum adds depends on the address: at one alignment, sums are
/// the same wherever the memory is.
/// </summary>
internal static unsafe class Alignment
{
    /// <summary>Floats that have to be allocated beyond those that are wanted.</summary>
    internal const int Slack = Bytes / sizeof(float);

    private const int Bytes = 64;

    /// <summary>The first aligned address from one on.</summary>
    internal static float* Up(float* address) => (float*)(((nuint)address + Bytes - 1) & ~(nuint)(Bytes - 1));
}
