using System.Text.Json;
using System.Text.Json.Serialization;

namespace Detr.Data;

/// <summary>COCO's detection JSON, as far as detection needs it; everything else is skipped while reading.</summary>
internal sealed partial class CocoFile
{
    [JsonPropertyName("images")]
    public required List<CocoImage> Images { get; init; }

    [JsonPropertyName("annotations")]
    public required List<Annotation> Annotations { get; init; }

    [JsonPropertyName("categories")]
    public required List<CocoCategory> Categories { get; init; }

    internal sealed class Annotation
    {
        [JsonPropertyName("id")]
        public CocoId Id { get; init; }

        [JsonPropertyName("image_id")]
        public required CocoId ImageId { get; init; }

        [JsonPropertyName("category_id")]
        public required CocoId CategoryId { get; init; }

        [JsonPropertyName("bbox")]
        public float[]? Box { get; init; }

        [JsonPropertyName("area")]
        public float? Area { get; init; }

        [JsonPropertyName("iscrowd")]
        public int IsCrowd { get; init; }

        /// <summary>The mask, where masks are wanted.</summary>
        [JsonPropertyName("segmentation")]
        public CocoSegmentation? Segmentation { get; init; }
    }

    /// <summary>Reads the file as it streams by; some tools write numbers as text.</summary>
    [JsonSourceGenerationOptions(NumberHandling = JsonNumberHandling.AllowReadingFromString, RespectNullableAnnotations = true)]
    [JsonSerializable(typeof(CocoFile))]
    internal sealed partial class Json : JsonSerializerContext
    {
        /// <summary>The same, with the masks.</summary>
        internal static Json WithMasks => new(new JsonSerializerOptions(Default.Options) { Converters = { new CocoSegmentation.Keeping() } });
    }
}
