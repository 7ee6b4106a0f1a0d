using Detr.Studies;
using Spectre.Console;

namespace Detr.Cli;

/// <summary>Shows on standard error what a study is busy with: bars for who looks on, else a line when a training begins.</summary>
internal sealed class StudyDisplay
{
    private readonly Dictionary<string, ProgressTask> _tasks = new(StringComparer.Ordinal);
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);
    private ProgressContext? _bars;

    /// <summary>Runs work that tells <see cref="Show"/> of its progress.</summary>
    internal StudyResult Run(Func<StudyResult> work)
    {
        if (Console.IsErrorRedirected)
        {
            return work();
        }

        _tasks.Clear();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return console.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(bars =>
            {
                _bars = bars;
                return work();
            });
    }

    internal void Show(StudyProgress progress)
    {
        if (_bars is not null)
        {
            if (!_tasks.TryGetValue(progress.Doing, out ProgressTask? task))
            {
                _tasks.Add(progress.Doing, task = _bars.AddTask(progress.Doing, maxValue: 1));
            }

            task.Value = progress.Done;
        }
        else if (progress.Doing.StartsWith("training", StringComparison.Ordinal) && _told.Add(progress.Doing))
        {
            Console.Error.WriteLine(progress.Doing);
        }
    }
}
