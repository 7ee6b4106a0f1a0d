using System.CommandLine;

namespace Detr.Cli;

/// <summary>A command with examples, notes and sections in its help.</summary>
internal sealed class DocumentedCommand(string name, string description) : Command(name, description), IDocumented
{
    /// <inheritdoc/>
    public IReadOnlyList<(string Purpose, string Line)> Examples { get; init; } = [];

    /// <inheritdoc/>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <inheritdoc/>
    public IReadOnlyList<(string Heading, Option First)> Sections { get; init; } = [];
}
