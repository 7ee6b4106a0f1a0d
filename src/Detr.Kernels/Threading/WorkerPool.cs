using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Detr.Kernels;

/// <summary>
/// A fixed set of threads that kernels split their work over; the calling thread is one of them. Idle workers wait awake
/// for a tenth of a millisecond at most, because the next kernel usually comes at once, and then sleep.
/// </summary>
/// <remarks>
/// One loop is shared at a time. A loop inside a loop, or from a second caller meanwhile, runs on its own caller's thread
/// alone, so that callers never wait for each other; and when there are as many callers as threads, all do, so that no more
/// threads work than were asked for.
/// </remarks>
public sealed unsafe class WorkerPool : IDisposable
{
    private const int ChunksPerThread = 4;
    private const int Closed = int.MaxValue;

    // A worker that waited in vain waits half as long the next time before it sleeps, one that did not the full time again.
    private static readonly long LongestWait = Stopwatch.Frequency / 10_000;
    private static readonly long ShortestWait = Stopwatch.Frequency / 200_000;

    private readonly SemaphoreSlim _wake = new(0);
    private readonly Thread[] _workers;
    private delegate*<void*, int, int, void> _invoke;
    private void* _body;
    private int _count;
    private int _chunkSize;
    private int _chunks;
    private int _done;
    private int _busy;
    private int _callers;

    // How many workers sleep and have not been called: whoever calls one takes it off.
    private int _sleeping;
    private volatile bool _disposed;
    private Exception? _failure;

    // The loop's number in the upper half, the next chunk in the lower: one exchange claims a chunk of one certain loop,
    // so a worker that comes late can never take part in the wrong one.
    private long _ticket = Closed;

    /// <summary>Creates a pool.</summary>
    /// <param name="threads">How many threads work at once, the caller included; 1 or more.</param>
    public WorkerPool(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threads);
        Threads = threads;
        Scratch = new ScratchMemory();
        _workers = new Thread[threads - 1];
        for (int i = 0; i < _workers.Length; i++)
        {
            _workers[i] = new Thread(Work) { IsBackground = true, Name = $"Detr worker {i + 1}" };
            _workers[i].Start();
        }
    }

    /// <summary>How many threads work at once, the caller included.</summary>
    public int Threads { get; }

    /// <summary>Bytes of working memory that the kernels hold for reuse.</summary>
    public long ScratchBytes => Scratch.Bytes;

    /// <summary>Working memory for the kernels.</summary>
    internal ScratchMemory Scratch { get; }

    /// <summary>
    /// Runs <paramref name="body"/> over the items 0 … <paramref name="count"/> − 1 and returns when all are done.
    /// Which thread does which items is left open, so an item's result must not depend on it.
    /// </summary>
    /// <param name="count">The number of items; 0 or more.</param>
    /// <param name="grain">The smallest number of items worth a thread's while.</param>
    /// <param name="body">The loop's body.</param>
    /// <exception cref="ObjectDisposedException">The pool is disposed.</exception>
    public void For<TBody>(int count, int grain, ref TBody body)
        where TBody : struct, IRangeBody
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(grain);
        if (count <= 0)
        {
            return;
        }

        if (Threads == 1 || count <= grain)
        {
            body.Execute(0, count);
            return;
        }

        bool crowded = Interlocked.Increment(ref _callers) > Math.Max(1, Threads - 1);
        try
        {
            if (crowded || Interlocked.CompareExchange(ref _busy, 1, 0) != 0)
            {
                body.Execute(0, count);
            }
            else
            {
                Share(count, grain, ref body);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _callers);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        if (_workers.Length > 0)
        {
            _wake.Release(_workers.Length);
        }

        foreach (Thread worker in _workers)
        {
            worker.Join();
        }

        _wake.Dispose();
    }

    private void Share<TBody>(int count, int grain, ref TBody body)
        where TBody : struct, IRangeBody
    {
        int perChunk = (count + (Threads * ChunksPerThread) - 1) / (Threads * ChunksPerThread);
        _chunkSize = Math.Max(grain, perChunk);
        _chunks = (count + _chunkSize - 1) / _chunkSize;
        _count = count;
        _done = 0;
        _invoke = &Invoke<TBody>;
        fixed (byte* pinned = &Unsafe.As<TBody, byte>(ref body))
        {
            _body = pinned;
            Publish();
            TakeChunks(Volatile.Read(ref _ticket) >> 32);
            Finish();
        }

        Exception? failure = _failure;
        _failure = null;
        _body = null;
        Volatile.Write(ref _busy, 0);
        if (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    private static void Invoke<TBody>(void* body, int start, int end)
        where TBody : struct, IRangeBody
        => Unsafe.AsRef<TBody>(body).Execute(start, end);

    private void Publish()
    {
        long loop = (_ticket >> 32) + 1;
        Interlocked.Exchange(ref _ticket, loop << 32);
        int called = 0;
        while (called < _chunks - 1 && TakeSleeper())
        {
            called++;
        }

        if (called > 0)
        {
            _wake.Release(called);
        }
    }

    /// <summary>Takes one off the sleeping workers: to call it, or because a worker that was about to sleep does not.</summary>
    private bool TakeSleeper()
    {
        int sleeping;
        while ((sleeping = Volatile.Read(ref _sleeping)) > 0)
        {
            if (Interlocked.CompareExchange(ref _sleeping, sleeping - 1, sleeping) == sleeping)
            {
                return true;
            }
        }

        return false;
    }

    private void Finish()
    {
        AwakeWait wait = default;
        while (Volatile.Read(ref _done) < _chunks)
        {
            wait.Once();
        }

        Interlocked.Exchange(ref _ticket, ((_ticket >> 32) << 32) | Closed);
    }

    private void TakeChunks(long loop)
    {
        while (true)
        {
            long ticket = Volatile.Read(ref _ticket);
            int chunk = (int)ticket;
            if (ticket >> 32 != loop || chunk >= Volatile.Read(ref _chunks))
            {
                return;
            }

            if (Interlocked.CompareExchange(ref _ticket, ticket + 1, ticket) != ticket)
            {
                continue;
            }

            int start = chunk * _chunkSize;
            try
            {
                _invoke(_body, start, Math.Min(start + _chunkSize, _count));
            }
#pragma warning disable CA1031 // Whatever a body throws belongs to the caller of For, which throws it again.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                Interlocked.CompareExchange(ref _failure, failure, null);
            }

            Interlocked.Increment(ref _done);
        }
    }

    private void Work()
    {
        long seen = 0, patience = LongestWait;
        while (!_disposed)
        {
            seen = AwaitLoop(seen, ref patience);
            TakeChunks(seen);
        }
    }

    private long AwaitLoop(long seen, ref long patience)
    {
        bool slept = false;
        AwakeWait wait = default;
        while (!_disposed)
        {
            if (IsOpen(seen, out long loop))
            {
                patience = slept ? patience : LongestWait;
                return loop;
            }

            if (wait.Elapsed < patience)
            {
                wait.Once();
                continue;
            }

            patience = Math.Max(ShortestWait, patience / 2);
            Interlocked.Increment(ref _sleeping);
            if (!IsOpen(seen, out _) || !TakeSleeper())
            {
                _wake.Wait();
            }

            slept = true;
            wait = default;
        }

        return seen;
    }

    /// <summary>Whether there is a loop that the worker has not seen.</summary>
    private bool IsOpen(long seen, out long loop)
    {
        long ticket = Volatile.Read(ref _ticket);
        loop = ticket >> 32;
        return loop != seen && (int)ticket != Closed;
    }
}
