using System.Diagnostics;
using System.Globalization;
using Detr.Models;
using Detr.Tensors;

namespace Detr.Benchmarks;

/// <summary>
/// What threads are good for: passes of one model with more and more of them, in turn, and then two detectors side by side
/// against one that does the work of both. Beside the time on the clock stands the processors' own, of all threads together:
/// what waiting awake costs, and the figure to trust on a machine that others use as well.
/// </summary>
internal static class ThreadSamples
{
    private const string Ready = "ready";
    private static readonly int[] Counts = [1, 2, 4, 8, 64];

    private static readonly (string Name, DetrOptions Options, int Height, int Width, int Passes)[] Models =
    [
        ("detr_resnet50", new DetrOptions(), 480, 640, 4),
        ("small", PeerModels.Small, 128, 128, 100),
    ];

    /// <summary>Prints the figures of each model.</summary>
    /// <param name="rounds">How often everything is measured; medians are printed.</param>
    /// <param name="only">One model's name, or nothing for all.</param>
    internal static void Run(int rounds, string only)
    {
        foreach ((string name, DetrOptions options, int height, int width, int passes) in Models.Where(model => model.Name.StartsWith(only, StringComparison.Ordinal)))
        {
            DetrModel model = Create(options);
            double[][] times = [.. Counts.Select(_ => new double[rounds])], processor = [.. Counts.Select(_ => new double[rounds])];
            double[][] shares = [.. Enumerable.Range(0, 3).Select(_ => new double[rounds])];
            using (Runner first = new(model, 1, height, width))
            {
                // Until all code is compiled for good.
                first.Run(passes);
            }

            for (int round = 0; round < rounds; round++)
            {
                for (int i = 0; i < Counts.Length; i++)
                {
                    using Runner runner = new(model, Counts[i], height, width);
                    runner.Run(2);
                    TimeSpan before = Environment.CpuUsage.TotalTime;
                    times[i][round] = runner.Median(passes);
                    processor[i][round] = (Environment.CpuUsage.TotalTime - before).TotalMilliseconds / passes;
                }

                MeasureSideBySide(name, model, height, width, passes, round, shares);
            }

            string table = string.Join("   ", Counts.Select((count, i) => $"{count}: {Text(times[i])} ({Text(processor[i])})"));
            Console.WriteLine($"{name} at {height} × {width}, ms (the processors'): {table}");
            Console.WriteLine(
                $"    two side by side, times one that does both: processes {Text(shares[0])}   backends {Text(shares[1])}   one backend {Text(shares[2])}");
        }
    }

    /// <summary>The other process: makes ready, waits for a line, and does its passes.</summary>
    internal static void RunChild(string name)
    {
        (_, DetrOptions options, int height, int width, int passes) = Models.Single(model => model.Name == name);
        using Runner runner = new(Create(options), Environment.ProcessorCount, height, width);
        runner.Run(passes);
        Console.WriteLine(Ready);
        while (Console.ReadLine() is { Length: > 0 })
        {
            runner.Run(passes);
            Console.WriteLine(Ready);
        }
    }

    private static void MeasureSideBySide(string name, DetrModel model, int height, int width, int passes, int round, double[][] shares)
    {
        int threads = Environment.ProcessorCount;
        using Runner first = new(model, threads, height, width), second = new(model, threads, height, width), guest = new(model, first.Backend, height, width);
        using Process child = Start(name);
        Expect(child);
        first.Run(2);
        second.Run(2);
        guest.Run(1);
        double alone = Time(() => first.Run(2 * passes));
        shares[0][round] = Time(() =>
        {
            child.StandardInput.WriteLine(Ready);
            first.Run(passes);
            Expect(child);
        }) / alone;
        shares[1][round] = Time(() => Parallel.Invoke(() => first.Run(passes), () => second.Run(passes))) / alone;
        shares[2][round] = Time(() => Parallel.Invoke(() => first.Run(passes), () => guest.Run(passes))) / alone;
        child.StandardInput.Close();
        child.WaitForExit();
    }

    private static DetrModel Create(DetrOptions options)
    {
        DetrModel model = new(options);
        DetrInitialization.Initialize(model, new RandomStream(1));
        return model;
    }

    private static Process Start(string name)
    {
        // Run by "dotnet Detr.Benchmarks.dll", the program is the first argument; by its own executable, it is none.
        string host = Environment.ProcessPath!;
        string[] program = Path.GetFileNameWithoutExtension(host) == "dotnet" ? [typeof(ThreadSamples).Assembly.Location] : [];
        ProcessStartInfo start = new(host, [.. program, "threads", "--child", name])
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true,
        };
        return Process.Start(start)!;
    }

    private static void Expect(Process child)
    {
        if (child.StandardOutput.ReadLine() != Ready)
        {
            throw new InvalidOperationException("The second process ended early.");
        }
    }

    private static double Time(Action action)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static string Text(double[] values) => Middle(values).ToString("F2", CultureInfo.InvariantCulture);

    private static double Middle(double[] values) => values.Order().ElementAt(values.Length / 2);

    /// <summary>A model with a context of its own, on a backend of its own or another's.</summary>
    private sealed class Runner : IDisposable
    {
        private readonly DetrModel _model;
        private readonly ForwardContext _context;
        private readonly float[] _pixels;
        private readonly bool _owns;
        private readonly int _height;
        private readonly int _width;

        internal Runner(DetrModel model, int threads, int height, int width)
            : this(model, new CpuBackend(threads), height, width) => _owns = true;

        internal Runner(DetrModel model, CpuBackend backend, int height, int width)
        {
            (_model, Backend, _context, _height, _width) = (model, backend, new ForwardContext(backend), height, width);
            _pixels = [.. Enumerable.Range(0, 3 * height * width).Select(i => MathF.Sin(0.37f * i))];
        }

        internal CpuBackend Backend { get; }

        public void Dispose()
        {
            if (_owns)
            {
                Backend.Dispose();
            }
        }

        internal void Run(int passes)
        {
            for (int pass = 0; pass < passes; pass++)
            {
                using Scope scope = _context.Scope();
                _model.Forward(_context, _context.Upload([1, 3, _height, _width], _pixels), PaddingMask.None(1, _height, _width));
            }
        }

        internal double Median(int passes)
        {
            double[] times = new double[passes];
            for (int pass = 0; pass < passes; pass++)
            {
                times[pass] = Time(() => Run(1));
            }

            return Middle(times);
        }
    }
}
