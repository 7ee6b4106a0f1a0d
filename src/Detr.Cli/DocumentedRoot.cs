using System.CommandLine;

namespace Detr.Cli;

/// <summary>The program itself, whose help says where to begin.</summary>
internal sealed class DocumentedRoot(string description) : RootCommand(description), IDocumented
{
    /// <inheritdoc/>
    public IReadOnlyList<(string Purpose, string Line)> Examples { get; init; } = [];

    /// <inheritdoc/>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <inheritdoc/>
    public IReadOnlyList<(string Heading, Option First)> Sections => [];
}
