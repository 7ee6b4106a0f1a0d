using System.Text.Json.Serialization;

namespace Detr.Data;

/// <summary>A picture in any of COCO's JSON files.</summary>
internal sealed class CocoImage
{
    [JsonPropertyName("id")]
    public required CocoId Id { get; init; }

    [JsonPropertyName("file_name")]
    public string? FileName { get; init; }

    [JsonPropertyName("width")]
    public double Width { get; init; }

    [JsonPropertyName("height")]
    public double Height { get; init; }

    /// <summary>Whether it has a size that a picture can have.</summary>
    internal bool HasSize => IsSide(Width) && IsSide(Height);

    private static bool IsSide(double pixels) => double.IsInteger(pixels) && pixels is >= 1 and <= int.MaxValue;
}
