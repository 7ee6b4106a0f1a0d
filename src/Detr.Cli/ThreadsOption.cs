using System.CommandLine;

namespace Detr.Cli;

/// <summary>The option that says how many threads compute.</summary>
internal static class ThreadsOption
{
    internal static Option<int?> Create() => new("--threads") { Description = "Threads; all processors unless given." };

    /// <summary>The number given, null for all processors.</summary>
    /// <exception cref="InputException">It is below 1.</exception>
    internal static int? Read(ParseResult parsed, Option<int?> option)
    {
        int? threads = parsed.GetValue(option);
        return threads < 1 ? throw new InputException("--threads is at least 1.") : threads;
    }
}
