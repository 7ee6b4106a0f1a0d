namespace Detr.Kernels;

/// <summary>A fixed set of threads that kernels split their work over; the calling thread is one of them.</summary>
public sealed class WorkerPool : IDisposable
{
    private bool _disposed;

    /// <summary>Creates a pool.</summary>
    /// <param name="threads">How many threads work at once, the caller included; 1 or more.</param>
    public WorkerPool(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threads);
        Threads = threads;
    }

    /// <summary>How many threads work at once, the caller included.</summary>
    public int Threads { get; }

    /// <summary>Runs <paramref name="body"/> over the items 0 … <paramref name="count"/> − 1 and returns when all are done.</summary>
    /// <param name="count">The number of items; 0 or more.</param>
    /// <param name="grain">The smallest number of items worth a thread's while.</param>
    /// <param name="body">The loop's body.</param>
    public void For<TBody>(int count, int grain, ref TBody body)
        where TBody : struct, IRangeBody
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(grain);
        if (count > 0)
        {
            body.Execute(0, count);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _disposed = true;
}
