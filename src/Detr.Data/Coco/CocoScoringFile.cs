using System.Text.Json;
using System.Text.Json.Serialization;

namespace Detr.Data;

/// <summary>What scoring needs of COCO's JSON. It differs from what training reads: masks as they stand, and double precision.</summary>
internal sealed partial class CocoScoringFile
{
    [JsonPropertyName("images")]
    public required List<CocoImage> Images { get; init; }

    [JsonPropertyName("annotations")]
    public required List<Annotation> Annotations { get; init; }

    [JsonPropertyName("categories")]
    public required List<CocoCategory> Categories { get; init; }

    /// <summary>What a true object and a detection both have.</summary>
    internal abstract class Item
    {
        [JsonPropertyName("image_id")]
        public required long ImageId { get; init; }

        [JsonPropertyName("category_id")]
        public required int CategoryId { get; init; }

        [JsonPropertyName("bbox")]
        public double[]? Box { get; init; }

        [JsonPropertyName("segmentation")]
        public JsonElement Segmentation { get; init; }
    }

    internal sealed class Annotation : Item
    {
        [JsonPropertyName("area")]
        public double? Area { get; init; }

        [JsonPropertyName("iscrowd")]
        public int IsCrowd { get; init; }
    }

    internal sealed class Detection : Item
    {
        [JsonPropertyName("score")]
        public required double Score { get; init; }
    }

    [JsonSourceGenerationOptions(NumberHandling = JsonNumberHandling.AllowReadingFromString, RespectNullableAnnotations = true)]
    [JsonSerializable(typeof(CocoScoringFile))]
    [JsonSerializable(typeof(List<Detection>))]
    internal sealed partial class ScoringJson : JsonSerializerContext;
}
