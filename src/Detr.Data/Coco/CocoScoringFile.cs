using System.Text.Json;
using System.Text.Json.Serialization;

namespace Detr.Data;

/// <summary>What scoring needs of COCO's JSON. It differs from what training reads: masks, in double precision, and files need no name.</summary>
internal sealed partial class CocoScoringFile
{
    [JsonPropertyName("images")]
    public required List<Image> Images { get; init; }

    [JsonPropertyName("annotations")]
    public required List<Annotation> Annotations { get; init; }

    [JsonPropertyName("categories")]
    public required List<CocoFile.NamedCategory> Categories { get; init; }

    internal sealed class Image
    {
        [JsonPropertyName("id")]
        public required long Id { get; init; }

        [JsonPropertyName("width")]
        public required int Width { get; init; }

        [JsonPropertyName("height")]
        public required int Height { get; init; }

        [JsonPropertyName("file_name")]
        public string? FileName { get; init; }
    }

    internal sealed class Annotation
    {
        [JsonPropertyName("image_id")]
        public required long ImageId { get; init; }

        [JsonPropertyName("category_id")]
        public required int CategoryId { get; init; }

        [JsonPropertyName("bbox")]
        public double[]? Box { get; init; }

        [JsonPropertyName("area")]
        public double? Area { get; init; }

        [JsonPropertyName("iscrowd")]
        public int IsCrowd { get; init; }

        [JsonPropertyName("segmentation")]
        public JsonElement Segmentation { get; init; }
    }

    internal sealed class Detection
    {
        [JsonPropertyName("image_id")]
        public required long ImageId { get; init; }

        [JsonPropertyName("category_id")]
        public required int CategoryId { get; init; }

        [JsonPropertyName("score")]
        public required double Score { get; init; }

        [JsonPropertyName("bbox")]
        public double[]? Box { get; init; }

        [JsonPropertyName("segmentation")]
        public JsonElement Segmentation { get; init; }
    }

    [JsonSourceGenerationOptions(NumberHandling = JsonNumberHandling.AllowReadingFromString)]
    [JsonSerializable(typeof(CocoScoringFile))]
    [JsonSerializable(typeof(List<Detection>))]
    internal sealed partial class ScoringJson : JsonSerializerContext;
}
