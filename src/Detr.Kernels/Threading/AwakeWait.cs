using System.Diagnostics;

namespace Detr.Kernels;

/// <summary>
/// A wait that stays awake: for the first microseconds it keeps its processor, since what it waits for is usually near, and
/// then lets whoever else is there have it.
/// </summary>
internal struct AwakeWait
{
    private const int Pauses = 8;
    private static readonly long Alone = Stopwatch.Frequency / 50_000;
    private long _start;

    /// <summary>Ticks of <see cref="Stopwatch"/> since the first turn.</summary>
    internal long Elapsed { get; private set; }

    /// <summary>One turn.</summary>
    internal void Once()
    {
        if (_start == 0)
        {
            _start = Stopwatch.GetTimestamp();
        }

        if (Elapsed < Alone)
        {
            Thread.SpinWait(Pauses);
        }
        else
        {
            Thread.Yield();
        }

        Elapsed = Stopwatch.GetTimestamp() - _start;
    }
}
