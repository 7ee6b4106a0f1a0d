using System.Text.Json.Serialization;

namespace Detr.Data;

/// <summary>A category in any of COCO's JSON files.</summary>
internal class CocoCategory
{
    [JsonPropertyName("id")]
    public required CocoId Id { get; init; }

    [JsonPropertyName("name")]
    public string? Name { get; init; }

    /// <summary>The name, or one made of the id where there is none.</summary>
    internal string Label => Name is { Length: > 0 } name ? name : $"class {Id}";
}
