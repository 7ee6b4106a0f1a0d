using System.CommandLine;
using System.CommandLine.Parsing;
using Detr.Explain;

namespace Detr.Cli;

/// <summary>The options of <c>heads</c> that try heads one after the other.</summary>
internal sealed class HeadStudyArguments
{
    internal Option<bool> Sweep { get; } = new("--sweep") { Description = "Switches off the first head of every layer, then the first two, and so on, and shows what is found and what speaks for it." };

    internal Option<bool> Rank { get; } = new("--rank") { Description = "Switches off each head alone and ranks them by what that costs." };

    internal Option<string?> Attention { get; } = CreateAttention();

    internal Option<DirectoryInfo?> Output { get; } = new("--out") { Description = "A folder for report.html, sweep.png and ranking.png." };

    /// <summary>Whether heads are tried, and not given by name.</summary>
    internal bool IsWanted(ParseResult parsed) => parsed.GetValue(Sweep) || parsed.GetValue(Rank);

    /// <summary>The attentions whose heads are tried; null where nothing was said.</summary>
    internal AttentionKind? Kind(ParseResult parsed) => parsed.GetValue(Attention) is { } name ? AttentionKinds.Find(name) : null;

    /// <summary>Refuses options that do not go together.</summary>
    internal void Validate(CommandResult result, Option<string[]> off, Option<int?> query)
    {
        bool isOff = result.GetValue(off) is { Length: > 0 }, sweeps = result.GetValue(Sweep), ranks = result.GetValue(Rank);
        string? problem = (isOff, sweeps || ranks) switch
        {
            (false, false) => "Name heads with --off, or try them with --sweep or --rank.",
            (true, true) => "--off names heads, --sweep and --rank try them: give the one or the other.",
            (true, false) when result.GetValue(Attention) is not null => "--attention goes with --sweep and --rank; --off names the attention itself.",
            (true, false) when result.GetValue(Output) is not null => "--out goes with --sweep and --rank.",
            (false, true) when result.GetValue(query) is not null && ranks => "--query goes with --off and --sweep; --rank looks at all that is found.",
            _ => null,
        };
        if (problem is not null)
        {
            result.AddError(problem);
        }
    }

    private static Option<string?> CreateAttention()
    {
        Option<string?> option = new("--attention")
        {
            HelpName = "NAME", Description = "Whose heads are tried: encoder.self, decoder.self or decoder.cross; decoder.cross by --sweep and all by --rank unless given.",
        };
        option.AcceptOnlyFromAmong([.. AttentionKinds.All.Select(kind => kind.Name())]);
        return option;
    }
}
