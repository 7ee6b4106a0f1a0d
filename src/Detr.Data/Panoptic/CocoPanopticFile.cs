using System.Text.Json.Serialization;
using Detr.Imaging;

namespace Detr.Data;

/// <summary>COCO's panoptic JSON. Predictions have annotations alone.</summary>
internal sealed partial class CocoPanopticFile
{
    [JsonPropertyName("images")]
    public List<CocoImage>? Images { get; init; }

    [JsonPropertyName("annotations")]
    public required List<Annotation> Annotations { get; init; }

    [JsonPropertyName("categories")]
    public List<SegmentCategory>? Categories { get; init; }

    /// <summary>Reads a file as it streams by.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">The file is not of the format.</exception>
    internal static CocoPanopticFile Read(string path)
    {
        const string Format = "COCO's panoptic format, which has annotations with image_id, file_name and segments_info";
        return CocoJson.Read(path, PanopticJson.Default.CocoPanopticFile, Format, file => [file.Images, file.Annotations, file.Categories, .. file.Annotations.Select(item => item?.Segments)]);
    }

    /// <summary>The categories in the order of their ids.</summary>
    /// <param name="path">What errors call the file.</param>
    /// <exception cref="InvalidDataException">There is none, or two have one id.</exception>
    internal PanopticCategory[] ReadCategories(string path)
    {
        if (Categories is not { Count: > 0 })
        {
            throw new InvalidDataException($"{path} has no categories, so nobody knows which segments are things; add them with id, name and isthing.");
        }

        if (Categories.CountBy(item => item.Id).FirstOrDefault(pair => pair.Value > 1) is { Value: > 1, Key: var repeated })
        {
            throw new InvalidDataException($"{path} has category {repeated} twice; give each an id of its own.");
        }

        if (Categories.Find(item => item.IsThing is null) is { } untold)
        {
            throw new InvalidDataException($"{path} does not say of category {untold.Id} whether it is a thing; add isthing, 1 or 0.");
        }

        return [.. Categories.Select(item => item.ToCategory()).OrderBy(category => category.Id)];
    }

    internal sealed class Annotation
    {
        [JsonPropertyName("image_id")]
        public required CocoId ImageId { get; init; }

        [JsonPropertyName("file_name")]
        public required string FileName { get; init; }

        [JsonPropertyName("segments_info")]
        public required List<Segment> Segments { get; init; }
    }

    internal sealed class Segment
    {
        [JsonPropertyName("id")]
        public required int Id { get; init; }

        [JsonPropertyName("category_id")]
        public required int CategoryId { get; init; }

        [JsonPropertyName("area")]
        public double? Area { get; init; }

        [JsonPropertyName("bbox")]
        public double[]? Box { get; init; }

        [JsonPropertyName("iscrowd")]
        public int IsCrowd { get; init; }

        internal PanopticSegment ToSegment() => new(Id, CategoryId) { IsCrowd = IsCrowd != 0 };
    }

    internal sealed class SegmentCategory : CocoCategory
    {
        [JsonPropertyName("isthing")]
        public int? IsThing { get; init; }

        [JsonPropertyName("color")]
        public int[]? Color { get; init; }

        internal PanopticCategory ToCategory()
        {
            PanopticCategory category = new(Id.ToCategoryNumber(), Label, IsThing is not 0);
            return Color is [>= 0 and <= 255 and var red, >= 0 and <= 255 and var green, >= 0 and <= 255 and var blue]
                ? category with { Color = new Rgb((byte)red, (byte)green, (byte)blue) }
                : category;
        }
    }

    [JsonSourceGenerationOptions(NumberHandling = JsonNumberHandling.AllowReadingFromString, RespectNullableAnnotations = true)]
    [JsonSerializable(typeof(CocoPanopticFile))]
    internal sealed partial class PanopticJson : JsonSerializerContext;
}
