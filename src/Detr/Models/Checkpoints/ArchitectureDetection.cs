using System.Globalization;

namespace Detr.Models;

/// <summary>Finds out from the names and shapes of a detector's tensors which of the family it is, and of which shape.</summary>
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
    private const string Anchors = "refpoint_embed.weight";
    private const string Contents = "transformer.tgt_embed.weight";
    private const string LevelPositions = "transformer.level_embed";
    private const string Patterns = "transformer.patterns.weight";
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

        IReadOnlyList<int> stem = Shape($"{Body}conv1.weight", 4);
        DetrVariant variant = Variant();
        DetrOptions usual = DetrPresets.Published(variant);
        string classHead = variant is DetrVariant.DeformableDetr or DetrVariant.Dino ? "class_embed.0.weight" : "class_embed.weight";
        int logits = Shape(classHead, 2)[0], channels = Shape(classHead, 2)[1];
        int heads = hints.Heads ?? Argument<int>("nheads") ?? Math.Max(1, channels / ChannelsOfAHead);
        SinePositionOptions waves = usual.SinePosition;
        return new DetrOptions
        {
            Variant = variant,
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
                Heads = heads,
                EncoderLayers = Count("transformer.encoder.layers."),
                DecoderLayers = Count("transformer.decoder.layers."),
                FeedForward = Shape("transformer.decoder.layers.0.linear1.weight", 2)[0],
                Dropout = usual.Transformer.Dropout,
                PreNorm = variant == DetrVariant.Detr && shapes.ContainsKey("transformer.encoder.norm.weight"),
                PositionAt = Enum.GetValues<PositionPlacement>().FirstOrDefault(place => metadata.GetValueOrDefault($"args.{PositionAt}") == place.ToString()),
            },
            PositionEmbedding = shapes.ContainsKey("backbone.1.row_embed.weight") ? PositionEmbedding.Learned : PositionEmbedding.Sine,
            SinePosition = new SinePositionOptions
            {
                Repeats = Argument<double>(PositionRepeats) ?? waves.Repeats, Temperature = Argument<double>(PositionTemperature) ?? waves.Temperature,
                HalfCell = waves.HalfCell,
            },
            Queries = Queries(variant) is { } queries ? Shape(queries, 2)[0] : Argument<int>("num_queries") ?? usual.Queries,
            QueryPatterns = shapes.ContainsKey(Patterns) ? Shape(Patterns, 2)[0] : 0,
            Deformable = shapes.ContainsKey(LevelPositions) ? Deformable(variant, heads) : usual.Deformable,
            Classes = variant == DetrVariant.Detr ? logits - 1 : logits,
            Masks = shapes.ContainsKey("mask_head.out_lay.weight"),
            Size = Argument<int>(ShortSide) ?? 0,
            MaximumSize = Argument<int>(LongSide) ?? 0,
        };

        T? Argument<T>(string name)
            where T : struct, IParsable<T>
            => metadata.TryGetValue($"args.{name}", out string? text) && T.TryParse(text, CultureInfo.InvariantCulture, out T value) ? value : null;
    }

    /// <summary>Which detector it is; each has tensors that none of the others has.</summary>
    private DetrVariant Variant() => shapes switch
    {
        _ when shapes.ContainsKey(Contents) => DetrVariant.Dino,
        _ when shapes.ContainsKey(LevelPositions) => DetrVariant.DeformableDetr,
        _ when !shapes.ContainsKey("transformer.decoder.layers.0.sa_qcontent_proj.weight") => DetrVariant.Detr,
        _ when !shapes.ContainsKey(Anchors) => DetrVariant.ConditionalDetr,
        _ => shapes.ContainsKey("label_enc.weight") ? DetrVariant.DnDetr : DetrVariant.DabDetr,
    };

    /// <summary>The tensor that has a row for each query; null where queries are proposals, and none has.</summary>
    private string? Queries(DetrVariant variant) => variant switch
    {
        DetrVariant.DabDetr or DetrVariant.DnDetr => Anchors,
        DetrVariant.Dino => Contents,
        DetrVariant.DeformableDetr when IsTwoStage => null,
        _ => "query_embed.weight",
    };

    private bool IsTwoStage => shapes.ContainsKey("transformer.enc_output.weight");

    private DeformableOptions Deformable(DetrVariant variant, int heads)
    {
        int levels = Shape(LevelPositions, 2)[0];
        return new DeformableOptions
        {
            Levels = levels,
            Points = Math.Max(1, Shape("transformer.decoder.layers.0.cross_attn.attention_weights.weight", 2)[0] / Math.Max(1, heads * levels)),
            BoxRefinement = variant == DetrVariant.DeformableDetr && shapes.ContainsKey("transformer.decoder.bbox_embed.0.layers.0.weight"),
            TwoStage = variant == DetrVariant.DeformableDetr && IsTwoStage,
        };
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
