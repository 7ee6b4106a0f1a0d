using System.Text.Json;

namespace Detr.Tests.Checkpoints;

/// <summary>The keys of a model's state as its authors' program prints them.</summary>
/// <param name="Shapes">The axes' sizes of each, by name.</param>
/// <param name="Parameters">Numbers that are no buffer's, each tensor counted once.</param>
internal sealed record PublishedKeys(IReadOnlyDictionary<string, IReadOnlyList<int>> Shapes, long Parameters)
{
    internal static PublishedKeys Read(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Fixtures", $"{file}.keys.json")));
        JsonElement root = document.RootElement;
        return new PublishedKeys(
            root.GetProperty("keys").EnumerateObject().ToDictionary(key => key.Name, key => (IReadOnlyList<int>)[.. key.Value.EnumerateArray().Select(size => size.GetInt32())], StringComparer.Ordinal),
            root.GetProperty("parameters").GetInt64());
    }
}
