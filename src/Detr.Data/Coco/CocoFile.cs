using System.Text.Json.Serialization;

namespace Detr.Data;

/// <summary>COCO's detection JSON, as far as detection needs it; everything else is skipped while reading.</summary>
internal sealed partial class CocoFile
{
    [JsonPropertyName("images")]
    public required List<Image> Images { get; init; }

    [JsonPropertyName("annotations")]
    public required List<Annotation> Annotations { get; init; }

    [JsonPropertyName("categories")]
    public required List<NamedCategory> Categories { get; init; }

    internal sealed class Image
    {
        [JsonPropertyName("id")]
        public required long Id { get; init; }

        [JsonPropertyName("file_name")]
        public required string FileName { get; init; }

        [JsonPropertyName("width")]
        public required int Width { get; init; }

        [JsonPropertyName("height")]
        public required int Height { get; init; }
    }

    internal sealed class Annotation
    {
        [JsonPropertyName("id")]
        public long Id { get; init; }

        [JsonPropertyName("image_id")]
        public required long ImageId { get; init; }

        [JsonPropertyName("category_id")]
        public required long CategoryId { get; init; }

        [JsonPropertyName("bbox")]
        public required float[] Box { get; init; }

        [JsonPropertyName("area")]
        public float? Area { get; init; }

        [JsonPropertyName("iscrowd")]
        public int IsCrowd { get; init; }
    }

    internal sealed class NamedCategory
    {
        [JsonPropertyName("id")]
        public required int Id { get; init; }

        [JsonPropertyName("name")]
        public required string Name { get; init; }
    }

    /// <summary>Reads the file as it streams by; some tools write numbers as text.</summary>
    [JsonSourceGenerationOptions(NumberHandling = JsonNumberHandling.AllowReadingFromString)]
    [JsonSerializable(typeof(CocoFile))]
    internal sealed partial class Json : JsonSerializerContext;
}
