using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Detr.Cli;

/// <summary>The usual help, with the sections of an <see cref="IDocumented"/> command and followed by its examples and notes.</summary>
internal sealed class DocumentedHelp : SynchronousCommandLineAction
{
    private readonly SynchronousCommandLineAction _usual;

    private DocumentedHelp(SynchronousCommandLineAction usual) => _usual = usual;

    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <summary>Lets all commands of a program speak this way.</summary>
    internal static void Use(RootCommand root)
    {
        foreach (HelpOption option in root.Options.OfType<HelpOption>())
        {
            if (option.Action is SynchronousCommandLineAction usual)
            {
                option.Action = new DocumentedHelp(usual);
            }
        }
    }

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        if (parseResult.CommandResult.Command is not IDocumented command)
        {
            return _usual.Invoke(parseResult);
        }

        TextWriter output = parseResult.InvocationConfiguration.Output;
        using StringWriter usual = new();
        parseResult.InvocationConfiguration.Output = usual;
        int code = _usual.Invoke(parseResult);
        parseResult.InvocationConfiguration.Output = output;
        WriteWithSections(usual.ToString(), command, output);
        WriteExamples(command, output);
        foreach (string note in command.Notes)
        {
            output.WriteLine(note);
            output.WriteLine();
        }

        return code;
    }

    private static void WriteWithSections(string usual, IDocumented command, TextWriter output)
    {
        foreach (string line in usual.TrimEnd().Split(Environment.NewLine))
        {
            if (command.Sections.Count > 0 && line.Contains("-h, --help", StringComparison.Ordinal))
            {
                // It would stand in the last section, and who reads this knows it.
                continue;
            }

            foreach ((string heading, Option first) in command.Sections)
            {
                if (line.StartsWith($"  {first.Name} ", StringComparison.Ordinal))
                {
                    output.WriteLine();
                    output.WriteLine($"{heading}:");
                }
            }

            output.WriteLine(line);
        }

        output.WriteLine();
    }

    private static void WriteExamples(IDocumented command, TextWriter output)
    {
        if (command.Examples.Count == 0)
        {
            return;
        }

        output.WriteLine("Examples:");
        foreach ((string purpose, string line) in command.Examples)
        {
            output.WriteLine($"  # {purpose}");
            output.WriteLine($"  detr {line}");
        }

        output.WriteLine();
    }
}
