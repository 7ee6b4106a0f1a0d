using System.Globalization;
using System.Text.Json;
using Detr.Data;

namespace Detr.Models;

/// <summary>What the config.json beside weights of Hugging Face's Transformers says that the tensors do not show.</summary>
/// <param name="Heads">Attention heads.</param>
/// <param name="Dilation">Whether the backbone's last stage is dilated.</param>
/// <param name="Names">What classes are called, by their number.</param>
internal sealed record HuggingFaceConfiguration(int? Heads, bool? Dilation, IReadOnlyDictionary<int, string> Names)
{
    private const string FileName = "config.json";
    private const long LongestFile = 16 << 20;
    private static readonly Dictionary<int, string> NoNames = [];

    /// <summary>Reads what stands beside a file; of a file that has nothing beside it, or not a configuration of a DETR, nothing is known.</summary>
    /// <param name="weights">The weights' file.</param>
    /// <exception cref="InvalidDataException">The configuration is not JSON.</exception>
    internal static HuggingFaceConfiguration Beside(string weights)
    {
        string path = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(weights))!, FileName);
        if (!File.Exists(path) || new FileInfo(path).Length > LongestFile)
        {
            return new HuggingFaceConfiguration(null, null, NoNames);
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            JsonElement root = document.RootElement;
            return new HuggingFaceConfiguration(
                Value(root, "encoder_attention_heads", JsonValueKind.Number) is { } heads && heads.TryGetInt32(out int count) ? count : null,
                Value(root, "dilation", JsonValueKind.True, JsonValueKind.False)?.GetBoolean(),
                Value(root, "id2label", JsonValueKind.Object) is { } labels ? NamesOf(labels) : NoNames);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException($"{path}, which stands beside the weights, is not JSON that can be read; get the file again, or keep the weights in a folder of their own.", error);
        }
    }

    /// <summary>The categories of a model: these names if there is one for every class, else the usual ones.</summary>
    /// <param name="classes">How many classes, without no-object.</param>
    internal IReadOnlyList<Category> Categories(int classes)
        => classes == Names.Count && Enumerable.Range(0, classes).All(Names.ContainsKey)
            ? [.. Enumerable.Range(0, classes).Select(id => new Category(id, Names[id]))]
            : CocoLabels.ForClasses(classes);

    private static JsonElement? Value(JsonElement root, string name, params ReadOnlySpan<JsonValueKind> kinds)
        => root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out JsonElement value) && kinds.Contains(value.ValueKind) ? value : null;

    private static Dictionary<int, string> NamesOf(JsonElement labels)
    {
        Dictionary<int, string> names = [];
        foreach (JsonProperty label in labels.EnumerateObject())
        {
            if (label.Value.ValueKind == JsonValueKind.String && int.TryParse(label.Name, NumberStyles.None, CultureInfo.InvariantCulture, out int id))
            {
                names[id] = label.Value.GetString()!;
            }
        }

        return names;
    }
}
