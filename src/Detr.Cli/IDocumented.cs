using System.CommandLine;

namespace Detr.Cli;

/// <summary>A command whose help says more than what its options are called.</summary>
internal interface IDocumented
{
    /// <summary>What it is used for, and the line that does it, without the program's name.</summary>
    IReadOnlyList<(string Purpose, string Line)> Examples { get; }

    /// <summary>What does not fit into the description of one option.</summary>
    IReadOnlyList<string> Notes { get; }

    /// <summary>Headings, each with the option that it stands above.</summary>
    IReadOnlyList<(string Heading, Option First)> Sections { get; }
}
