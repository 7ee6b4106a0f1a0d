using Spectre.Console;

namespace Detr.Cli;

/// <summary>A progress bar on standard error, where it is in nobody's way; only where a person looks on.</summary>
internal static class ProgressBar
{
    /// <summary>Runs work that says how much of it is done.</summary>
    internal static T Run<T>(string name, int count, Func<Action<int>?, T> work)
    {
        if (Console.IsErrorRedirected)
        {
            return work(null);
        }

        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return console.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(progress =>
            {
                ProgressTask task = progress.AddTask(name, maxValue: Math.Max(1, count));
                return work(done => task.Value = done);
            });
    }
}
