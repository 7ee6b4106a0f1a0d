namespace Detr.Kernels.Tests;

public sealed class WorkerPoolTests
{
    [Theory]
    [InlineData(1, 1000, 1)]
    [InlineData(2, 1000, 1)]
    [InlineData(5, 7, 1)]
    [InlineData(3, 1000, 400)]
    [InlineData(4, 0, 1)]
    [InlineData(4, 1, 1)]
    [InlineData(64, 1000, 1)]
    [InlineData(64, 3, 1)]
    public void Every_item_is_done_exactly_once(int threads, int count, int grain)
    {
        using WorkerPool pool = new(threads);
        int[] done = new int[count];
        for (int round = 1; round <= 200; round++)
        {
            CountingBody body = new() { Done = done };
            pool.For(count, grain, ref body);
            Assert.All(done, times => Assert.Equal(round, times));
        }
    }

    [Fact]
    public void A_sleeping_worker_wakes()
    {
        using WorkerPool pool = new(2);
        for (int round = 0; round < 3; round++)
        {
            Thread.Sleep(20);
            MeetingBody body = new() { Meeting = new Barrier(2) };
            pool.For(2, 1, ref body);
            body.Meeting.Dispose();
        }
    }

    [Fact]
    public void Every_worker_comes_however_long_it_was_idle()
    {
        const int Threads = 8;
        using WorkerPool pool = new(Threads);
        using Barrier meeting = new(Threads);
        Random random = new(4);
        for (int round = 0; round < 60; round++)
        {
            Thread.Sleep(TimeSpan.FromMicroseconds(random.Next(2) * random.Next(400)));
            MeetingBody body = new() { Meeting = meeting };
            pool.For(Threads, 1, ref body);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void An_exception_in_a_body_reaches_the_caller_and_the_pool_lives_on(int threads)
    {
        using WorkerPool pool = new(threads);
        for (int round = 0; round < 20; round++)
        {
            ThrowingBody body = default;
            InvalidDataException thrown = Assert.Throws<InvalidDataException>(() => pool.For(100, 1, ref body));
            Assert.Equal("from the body", thrown.Message);
        }

        CountingBody counting = new() { Done = new int[100] };
        pool.For(100, 1, ref counting);
        Assert.All(counting.Done, times => Assert.Equal(1, times));
    }

    [Fact]
    public void A_loop_inside_a_loop_runs_on_its_own_thread()
    {
        using WorkerPool pool = new(3);
        NestingBody body = new() { Pool = pool, Done = new int[40 * 25] };
        pool.For(40, 1, ref body);
        Assert.All(body.Done, times => Assert.Equal(1, times));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(64)]
    public async Task Callers_do_not_disturb_each_other(int threads)
    {
        using WorkerPool pool = new(threads);
        Task<int[]>[] callers = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            int[] done = new int[64];
            for (int round = 0; round < 500; round++)
            {
                CountingBody body = new() { Done = done };
                pool.For(64, 1, ref body);
            }

            return done;
        }))];
        foreach (int[] done in await Task.WhenAll(callers))
        {
            Assert.All(done, times => Assert.Equal(500, times));
        }
    }

    [Fact]
    public void A_call_allocates_nothing()
    {
        using WorkerPool pool = new(2);
        CountingBody body = new() { Done = new int[1000] };
        pool.For(1000, 1, ref body);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < 100; round++)
        {
            pool.For(1000, 1, ref body);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void A_disposed_pool_and_senseless_arguments_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new WorkerPool(0));
        WorkerPool pool = new(2);
        CountingBody body = new() { Done = new int[1] };
        Assert.Throws<ArgumentOutOfRangeException>(() => pool.For(1, 0, ref body));
        pool.Dispose();
        pool.Dispose();
        Assert.Throws<ObjectDisposedException>(() => pool.For(1, 1, ref body));
    }

    private struct CountingBody : IRangeBody
    {
        internal int[] Done;

        public readonly void Execute(int start, int end)
        {
            for (int i = start; i < end; i++)
            {
                Interlocked.Increment(ref Done[i]);
            }
        }
    }

    /// <summary>Returns only when two threads are in it at once.</summary>
    private struct MeetingBody : IRangeBody
    {
        internal Barrier Meeting;

        public readonly void Execute(int start, int end)
        {
            if (!Meeting.SignalAndWait(TimeSpan.FromSeconds(30)))
            {
                throw new TimeoutException("No second thread came.");
            }
        }
    }

    private struct ThrowingBody : IRangeBody
    {
        public readonly void Execute(int start, int end)
        {
            if (end > 50)
            {
                throw new InvalidDataException("from the body");
            }
        }
    }

    private struct NestingBody : IRangeBody
    {
        internal WorkerPool Pool;
        internal int[] Done;

        public readonly void Execute(int start, int end)
        {
            for (int i = start; i < end; i++)
            {
                ShiftedBody inner = new() { Done = Done, Shift = i * 25 };
                Pool.For(25, 1, ref inner);
            }
        }
    }

    private struct ShiftedBody : IRangeBody
    {
        internal int[] Done;
        internal int Shift;

        public readonly void Execute(int start, int end)
        {
            for (int i = start; i < end; i++)
            {
                Interlocked.Increment(ref Done[Shift + i]);
            }
        }
    }
}
