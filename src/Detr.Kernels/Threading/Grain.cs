namespace Detr.Kernels;

/// <summary>How many rows are worth a thread's while.</summary>
internal static class Grain
{
    private const int Elements = 16384;

    internal static int Rows(int columns) => Math.Max(1, Elements / Math.Max(1, columns));
}
