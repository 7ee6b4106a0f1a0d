using System.Globalization;

namespace Detr.Models;

/// <summary>Finds out from the names and shapes of a DETR's tensors which DETR it is.</summary>
/// <param name="path">The file, for messages.</param>
/// <param name="shapes">The axes' sizes of each tensor, by the reference's names.</param>
internal sealed class ArchitectureDetection(string path, IReadOnlyDictionary<string, IReadOnlyList<int>> shapes)
{
    // What a .pth of ours says beyond the reference's arguments.
    internal const string PositionAt = "position_at";
    internal const string PositionRepeats = "position_repeats";
    internal const string PositionTemperature = "position_temperature";
    internal const string ShortSide = "short_side";
    internal const string LongSide = "long_side";

    private const string Body = "backbone.0.body.";
    private const int ChannelsOfAHead = 32;
    private const int PublishedStem = 7;

    /// <summary>The model's shape. Tensors that it leaves aside may still not fit it.</summary>
    /// <param name="metadata">What the file says beside: of a training checkpoint its arguments.</param>
    /// <param name="hints">What the caller knows better.</param>
    /// <exception cref="InvalidDataException">A tensor is missing without which this is no DETR, or has another number of axes.</exception>
    internal DetrOptions Detect(IReadOnlyDictionary<string, string> metadata, ArchitectureHints hints)
    {
        if (shapes.ContainsKey("linear_class.weight") && shapes.ContainsKey("query_pos"))
        {
            throw new InvalidDataException($"{path} holds the demonstration model of the paper's appendix, which is no detector to work with; use detr_resnet50.");
        }

        IReadOnlyList<int> stem = Shape($"{Body}conv1.weight", 4), queries = Shape("query_embed.weight", 2);
        int channels = queries[1];
        SinePositionOptions waves = new();
        return new DetrOptions
        {
            Backbone = new BackboneOptions
            {
                Blocks = Blocks(),
                Bottleneck = shapes.ContainsKey($"{Body}layer1.0.conv3.weight"),
                Width = stem[0],
                StemKernel = stem[2],
                StemPooling = stem[2] == PublishedStem,
                Dilation = hints.Dilation ?? Argument<bool>("dilation") ?? Published()?.Backbone.Dilation ?? false,
            },
            Transformer = new TransformerOptions
            {
                Channels = channels,
                Heads = hints.Heads ?? Argument<int>("nheads") ?? Math.Max(1, channels / ChannelsOfAHead),
                EncoderLayers = Count("transformer.encoder.layers."),
                DecoderLayers = Count("transformer.decoder.layers."),
                FeedForward = Shape("transformer.decoder.layers.0.linear1.weight", 2)[0],
                PreNorm = shapes.ContainsKey("transformer.encoder.norm.weight"),
                PositionAt = Enum.GetValues<PositionPlacement>().FirstOrDefault(place => metadata.GetValueOrDefault($"args.{PositionAt}") == place.ToString()),
            },
            PositionEmbedding = shapes.ContainsKey("backbone.1.row_embed.weight") ? PositionEmbedding.Learned : PositionEmbedding.Sine,
            SinePosition = new SinePositionOptions
            {
                Repeats = Argument<double>(PositionRepeats) ?? waves.Repeats, Temperature = Argument<double>(PositionTemperature) ?? waves.Temperature,
            },
            Queries = queries[0],
            Classes = Shape("class_embed.weight", 2)[0] - 1,
            Masks = shapes.ContainsKey("mask_head.out_lay.weight"),
            Size = Argument<int>(ShortSide) ?? 0,
            MaximumSize = Argument<int>(LongSide) ?? 0,
        };

        T? Argument<T>(string name)
            where T : struct, IParsable<T>
            => metadata.TryGetValue($"args.{name}", out string? text) && T.TryParse(text, CultureInfo.InvariantCulture, out T value) ? value : null;
    }

    private DetrOptions? Published() => ModelZoo.All.FirstOrDefault(model => model.FileName.Equals(Path.GetFileName(path), StringComparison.OrdinalIgnoreCase))?.Options;

    private IReadOnlyList<int> Shape(string name, int axes)
    {
        if (!shapes.TryGetValue(name, out IReadOnlyList<int>? shape))
        {
            throw new InvalidDataException($"{path} holds no DETR: it lacks {name}; use weights of DETR with the reference's or Hugging Face's names.");
        }

        return shape.Count == axes ? shape : throw new InvalidDataException($"{path} holds no DETR: {name} is [{string.Join(", ", shape)}], which is not of {axes} axes.");
    }

    /// <summary>Residual blocks of each stage.</summary>
    private int[] Blocks()
    {
        const string Stage = $"{Body}layer";
        ILookup<string, string> stages = Under(Stage).Select(name => name.Split('.', 3)).Where(parts => parts.Length == 3).ToLookup(parts => parts[0], parts => parts[1], StringComparer.Ordinal);
        return [.. Enumerable.Range(1, stages.Count).Select(stage => stages[stage.ToString(CultureInfo.InvariantCulture)].Distinct(StringComparer.Ordinal).Count())];
    }

    /// <summary>How many layers there are below a name. They are counted, so that a file cannot claim more than it names.</summary>
    private int Count(string prefix) => Under(prefix).Select(name => name.Split('.', 2)[0]).Distinct(StringComparer.Ordinal).Count();

    private IEnumerable<string> Under(string prefix) => shapes.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Select(name => name[prefix.Length..]);
}
