using System.Text.Json;
using Detr.Data;

namespace Detr.Models;

/// <summary>
/// Reads what our own files say of the model in them. Member by member: the serializer's own machinery would take longer to
/// start than all else that opening a file does.
/// </summary>
internal static class ModelDescription
{
    /// <summary>The model's shape; what the text leaves out is as usual.</summary>
    /// <param name="text">JSON as <see cref="ModelFile.Describe"/> writes it.</param>
    /// <exception cref="JsonException">It is not such JSON.</exception>
    /// <exception cref="ArgumentException">A size is negative.</exception>
    internal static DetrOptions Options(string text) => Parse(text, root =>
    {
        DetrOptions usual = new();
        return root.TryGetProperty("backbone", out JsonElement backbone) && root.TryGetProperty("transformer", out JsonElement transformer)
            ? new DetrOptions
            {
                Variant = Name(root, "variant", usual.Variant),
                Backbone = Backbone(backbone, usual.Backbone),
                Transformer = Transformer(transformer, usual.Transformer),
                PositionEmbedding = Name(root, "position_embedding", usual.PositionEmbedding),
                SinePosition = root.TryGetProperty("sine_position", out JsonElement waves) ? Waves(waves) : usual.SinePosition,
                Queries = Number(root, "queries", usual.Queries),
                QueryPatterns = Number(root, "query_patterns", usual.QueryPatterns),
                Deformable = root.TryGetProperty("deformable", out JsonElement deformable) ? Deformable(deformable, usual.Deformable) : usual.Deformable,
                Classes = Number(root, "classes", usual.Classes),
                Masks = Truth(root, "masks", usual.Masks),
                Size = Number(root, "size", usual.Size),
                MaximumSize = Number(root, "maximum_size", usual.MaximumSize),
            }
            : throw new JsonException("Its backbone or its transformer is missing.");
    });

    /// <summary>What the classes are called.</summary>
    /// <param name="text">JSON as <see cref="ModelFile.Describe"/> writes it.</param>
    /// <exception cref="JsonException">It is not such JSON.</exception>
    internal static IReadOnlyList<Category> Categories(string text) => Parse<IReadOnlyList<Category>>(text, root =>
    {
        List<Category> categories = [];
        foreach (JsonElement item in root.EnumerateArray())
        {
            categories.Add(item.TryGetProperty("name", out JsonElement name) && name.GetString() is { } called
                ? new Category(Number(item, "id", 0), called) { IsThing = Truth(item, "is_thing", true) }
                : throw new JsonException("One of its categories has no name."));
        }

        return categories;
    });

    private static T Parse<T>(string text, Func<JsonElement, T> read)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return read(document.RootElement);
        }
        catch (Exception error) when (error is InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw new JsonException(error.Message, error);
        }
    }

    private static BackboneOptions Backbone(JsonElement json, BackboneOptions usual)
    {
        List<int> blocks = [];
        foreach (JsonElement count in json.GetProperty("blocks").EnumerateArray())
        {
            blocks.Add(count.GetInt32());
        }

        return new BackboneOptions
        {
            Blocks = blocks,
            Bottleneck = Truth(json, "bottleneck", usual.Bottleneck),
            Width = Number(json, "width", usual.Width),
            StemKernel = Number(json, "stem_kernel", usual.StemKernel),
            StemPooling = Truth(json, "stem_pooling", usual.StemPooling),
            Dilation = Truth(json, "dilation", usual.Dilation),
            Norm = Name(json, "norm", usual.Norm),
        };
    }

    private static TransformerOptions Transformer(JsonElement json, TransformerOptions usual) => new()
    {
        Channels = Number(json, "channels", usual.Channels),
        Heads = Number(json, "heads", usual.Heads),
        EncoderLayers = Number(json, "encoder_layers", usual.EncoderLayers),
        DecoderLayers = Number(json, "decoder_layers", usual.DecoderLayers),
        FeedForward = Number(json, "feed_forward", usual.FeedForward),
        Dropout = json.TryGetProperty("dropout", out JsonElement dropout) ? dropout.GetSingle() : usual.Dropout,
        PreNorm = Truth(json, "pre_norm", usual.PreNorm),
        PositionAt = Name(json, "position_at", usual.PositionAt),
    };

    private static SinePositionOptions Waves(JsonElement json)
        => new() { Temperature = json.GetProperty("temperature").GetDouble(), Repeats = json.GetProperty("repeats").GetDouble(), HalfCell = Truth(json, "half_cell", usual: false) };

    private static DeformableOptions Deformable(JsonElement json, DeformableOptions usual) => new()
    {
        Levels = Number(json, "levels", usual.Levels),
        Points = Number(json, "points", usual.Points),
        BoxRefinement = Truth(json, "box_refinement", usual.BoxRefinement),
        TwoStage = Truth(json, "two_stage", usual.TwoStage),
    };

    private static int Number(JsonElement json, string name, int usual) => json.TryGetProperty(name, out JsonElement value) ? value.GetInt32() : usual;

    private static bool Truth(JsonElement json, string name, bool usual) => json.TryGetProperty(name, out JsonElement value) ? value.GetBoolean() : usual;

    /// <summary>The member of an enumeration whose name stands in letters of any case.</summary>
    private static T Name<T>(JsonElement json, string name, T usual)
        where T : struct, Enum
    {
        if (!json.TryGetProperty(name, out JsonElement value))
        {
            return usual;
        }

        string? text = value.GetString();
        return Enum.TryParse(text, ignoreCase: true, out T member) && Enum.IsDefined(member) ? member : throw new JsonException($"Its {name} is {text}.");
    }
}
