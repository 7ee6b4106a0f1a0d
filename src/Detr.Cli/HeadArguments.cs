using System.CommandLine;
using Detr.Explain;
using Detr.Models;

namespace Detr.Cli;

/// <summary>Which attention heads a command switches off.</summary>
internal sealed class HeadArguments
{
    internal const string NoQueriesInEncoder = "The encoder knows no object queries; leave out --query, or name decoder.self or decoder.cross.";

    internal Option<string[]> Off { get; } = new("--off")
    {
        HelpName = "SPEC",
        Description = "Heads to switch off: encoder.self, decoder.self or decoder.cross, then : layers, then : heads, each all or like 0-3,5. Counted from 0.",
        AllowMultipleArgumentsPerToken = true,
    };

    /// <summary>The heads that are off, or null for none.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="model">The model whose heads they are.</param>
    /// <param name="query">For which object query alone; null for all.</param>
    /// <exception cref="InputException">The text is at fault, or the model has no such layer, head or query.</exception>
    internal HeadsOff? Read(ParseResult parsed, DetrOptions model, int? query = null)
    {
        if (parsed.GetValue(Off) is not { Length: > 0 } specifications)
        {
            return null;
        }

        try
        {
            HeadSelection[] selections = [.. specifications.Select(text => HeadSpecification.Parse(text, model.Transformer) with { Query = query })];
            return query is not null && selections.Any(selection => selection.Kind == AttentionKind.EncoderSelf)
                ? throw new InputException(NoQueriesInEncoder)
                : new HeadsOff(selections);
        }
        catch (FormatException error)
        {
            throw new InputException($"--off {error.Message}");
        }
    }
}
