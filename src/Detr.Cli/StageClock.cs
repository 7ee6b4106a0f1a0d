using System.Diagnostics;
using System.Globalization;
using System.Runtime;

namespace Detr.Cli;

/// <summary>Splits the whole life of the process into stages, one after the other.</summary>
internal sealed class StageClock
{
    private readonly List<(string Stage, TimeSpan Time)> _stages = [];
    private readonly TimeSpan _runtime = Environment.CpuUsage.TotalTime;
    private readonly long _main = Stopwatch.GetTimestamp();
    private long _last;

    /// <summary>Begins to count.</summary>
    internal StageClock() => _last = _main;

    /// <summary>Says that a stage ends now; the same name again adds to it.</summary>
    internal void End(string stage)
    {
        long now = Stopwatch.GetTimestamp();
        TimeSpan time = Stopwatch.GetElapsedTime(_last, now);
        _last = now;
        int known = _stages.FindIndex(entry => entry.Stage == stage);
        if (known < 0)
        {
            _stages.Add((stage, time));
        }
        else
        {
            _stages[known] = (stage, _stages[known].Time + time);
        }
    }

    /// <summary>One line a stage, then the sum, and how much of it went into compiling (on any thread).</summary>
    internal void Write(TextWriter writer)
    {
        // Processor time: clocks disagree on when a process began, and until here it had one thread.
        Line("runtime", _runtime);
        _stages.ForEach(entry => Line(entry.Stage, entry.Time));
        Line("whole", _runtime + Stopwatch.GetElapsedTime(_main, _last));
        writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"of it compiled on any thread: {JitInfo.GetCompiledMethodCount()} methods in {JitInfo.GetCompilationTime().TotalMilliseconds:F0} ms"));

        void Line(string stage, TimeSpan time) => writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{stage,-10}{time.TotalMilliseconds,8:F0} ms"));
    }
}
