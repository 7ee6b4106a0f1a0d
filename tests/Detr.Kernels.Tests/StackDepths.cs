namespace Detr.Kernels.Tests;

/// <summary>Runs something with its stack in several places: what is on it then lies at other alignments.</summary>
internal static class StackDepths
{
    internal static IEnumerable<T> All<T>(Func<T> compute) => Enumerable.Range(0, 16).Select(i => Below(16 * i, compute));

    private static T Below<T>(int bytes, Func<T> compute)
    {
        Span<byte> above = stackalloc byte[bytes];
        above.Clear();
        return compute();
    }
}
