using System.CommandLine;

namespace Detr.Cli;

/// <summary>The options that say how large pictures are made, for every command that shows a model photographs.</summary>
/// <param name="description">What help says of <c>--size</c>.</param>
internal sealed class ResizeArguments(string description = "The short side that pictures are brought to; the model's own unless given.")
{
    // Attention grows with the fourth power of a side, so that nobody means more; a slip of the finger should not take all memory.
    private const int LargestSide = 8192;

    internal Option<int?> Size { get; } = new("--size") { HelpName = "PIXELS", Description = description };

    internal Option<int?> MaximumSize { get; } = new("--max-size")
    {
        HelpName = "PIXELS", Description = "The long side's limit, which wins; in the model's own proportion to the short side unless given.",
    };

    /// <summary>What was given, null for what was not.</summary>
    /// <exception cref="InputException">A side is out of range.</exception>
    internal (int? Size, int? MaximumSize) Read(ParseResult parsed)
    {
        (int? size, int? maximum) = (parsed.GetValue(Size), parsed.GetValue(MaximumSize));
        return size is < 1 or > LargestSide || maximum is < 1 or > LargestSide
            ? throw new InputException($"--size and --max-size are from 1 to {LargestSide} pixels.")
            : (size, maximum);
    }
}
