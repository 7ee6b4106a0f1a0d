using System.CommandLine;

namespace Detr.Cli;

/// <summary>Runs a command and turns what went wrong into one sentence and an exit code.</summary>
internal static class Runner
{
    private const int Done = 0;
    private const int BadInput = 1;
    private const int BadUsage = 2;
    private const int Interrupted = 130;

    // After Ctrl-C a step ends and what is done is saved; a large model takes its time.
    private static readonly TimeSpan TimeToSave = TimeSpan.FromMinutes(1);

    internal static async Task<int> RunAsync(RootCommand root, string[] args)
    {
        ParseResult parsed = root.Parse(args);
        if (parsed.Errors.Count > 0 && args.Length > 0)
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
            int code = await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeToSave }).ConfigureAwait(false);
            return args.Length == 0 ? Done : code;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("Stopped.").ConfigureAwait(false);
            return Interrupted;
        }
        catch (Exception error) when (error is InputException or IOException or InvalidDataException or UnauthorizedAccessException or ArithmeticException)
        {
            await Console.Error.WriteLineAsync(error.Message).ConfigureAwait(false);
            return BadInput;
        }
    }
}
