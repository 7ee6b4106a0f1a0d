using System.CommandLine;
using System.CommandLine.Parsing;
using Detr.Models;

namespace Detr.Cli.Training;

/// <summary>What a run was told to do, for its report.</summary>
internal static class RunConfiguration
{
    /// <summary>The options that were given, as they were given, and the model that came of them.</summary>
    internal static IReadOnlyList<(string Name, string Value)> Of(ParseResult parsed, DetrOptions model) =>
    [
        .. parsed.CommandResult.Children.OfType<OptionResult>().Where(result => !result.Implicit)
            .Select(result => (result.Option.Name, result.Tokens.Count == 0 ? "yes" : string.Join(' ', result.Tokens.Select(token => token.Value)))),
        ("detector", DetrPresets.NameOf(model.Variant)),
        ("backbone", FormattableString.Invariant($"blocks {string.Join(", ", model.Backbone.Blocks)}; width {model.Backbone.Width}; {model.Backbone.Norm} norm{(model.Backbone.Dilation ? "; dilated" : string.Empty)}")),
        ("transformer", FormattableString.Invariant($"{model.Transformer.EncoderLayers} encoder and {model.Transformer.DecoderLayers} decoder layers, {model.Transformer.Channels} channels, {model.Transformer.Heads} heads, {model.Transformer.FeedForward} in between, dropout {model.Transformer.Dropout}{(model.Transformer.PreNorm ? ", pre-norm" : string.Empty)}")),
        ("positions", Positions(model)),
        ("queries, classes", FormattableString.Invariant($"{model.Queries}, {model.Classes}")),
        ("picture size", FormattableString.Invariant($"short side {model.Size}, long side at most {model.MaximumSize}")),
        ("version", FormattableString.Invariant($"Detr.NET {typeof(DetrOptions).Assembly.GetName().Version?.ToString(3)}, .NET {Environment.Version}, {Environment.ProcessorCount} processors")),
    ];

    private static string Positions(DetrOptions model)
    {
        string waves = model.PositionEmbedding == PositionEmbedding.Sine
            ? FormattableString.Invariant($", the shortest wave {model.SinePosition.Repeats} times across, the longest {model.SinePosition.Temperature} times as long")
            : string.Empty;
        return $"{model.PositionEmbedding}{waves}; at {model.Transformer.PositionAt}";
    }
}
