using System.CommandLine;
using Detr.Explain;
using Spectre.Console;

namespace Detr.Cli;

/// <summary>Runs a command and turns what went wrong into one sentence and an exit code.</summary>
internal static class Runner
{
    /// <summary>The exit code where the input is at fault.</summary>
    internal const int BadInput = 1;

    private const int BadUsage = 2;
    private const int Interrupted = 130;
    private const int UnbrokenWidth = 1000;

    // After Ctrl-C a step ends and what is done is saved; a large model takes its time.
    private static readonly TimeSpan TimeToSave = TimeSpan.FromMinutes(1);

    internal static async Task<int> RunAsync(RootCommand root, string[] args)
    {
        if (Console.IsOutputRedirected)
        {
            // What goes to a file or a pipe has no colours, and its lines are not broken where a terminal's would be.
            AnsiConsole.Profile.Capabilities.Ansi = false;
            AnsiConsole.Profile.Width = UnbrokenWidth;
        }

        ParseResult parsed = root.Parse(args.Length == 0 ? ["--help"] : args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
            {
                await Console.Error.WriteLineAsync(error.Message).ConfigureAwait(false);
            }

            await Console.Error.WriteLineAsync("Add --help to see what there is.").ConfigureAwait(false);
            return BadUsage;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeToSave }).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("Stopped.").ConfigureAwait(false);
            return Interrupted;
        }
        catch (Exception error) when (error is InputException or IOException or InvalidDataException or UnauthorizedAccessException or ArithmeticException or MemoryLimitException)
        {
            await Console.Error.WriteLineAsync(error.Message).ConfigureAwait(false);
            return BadInput;
        }
        catch (OutOfMemoryException)
        {
            await Console.Error.WriteLineAsync("There is not enough memory for this; give smaller pictures (--size) or, in training, smaller batches (--batch-size).").ConfigureAwait(false);
            return BadInput;
        }
    }
}
