using System.Text.Json;
using Detr.Data;

namespace Detr.Cli;

/// <summary>What <c>detr data</c> found: a split's figures and defects.</summary>
/// <param name="Split">The split's name.</param>
/// <param name="Dataset">Its photographs.</param>
/// <param name="Statistics">Its figures.</param>
/// <param name="Defects">What is wrong with it.</param>
internal sealed record DatasetReport(string Split, IDetectionDataset Dataset, DatasetStatistics Statistics, IReadOnlyList<DatasetDefect> Defects)
{
    internal string Format => Dataset switch { CocoDataset => "coco", PanopticDataset => "panoptic", VocDataset => "voc", YoloDataset => "yolo", _ => GeneratedData.Name };

    /// <summary>Whether one can train on the split.</summary>
    internal bool IsSound => Defects.All(defect => defect.IsHarmless);

    /// <summary>All reports as JSON; the key words are those of the interface and do not change with the code.</summary>
    internal static void Write(Utf8JsonWriter json, IReadOnlyList<DatasetReport> reports, IReadOnlyList<DatasetDefect> across)
    {
        json.WriteStartObject();
        json.WriteString("format", reports[0].Format);
        json.WriteStartObject("splits");
        foreach (DatasetReport report in reports)
        {
            json.WriteStartObject(report.Split);
            report.Write(json);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        WriteDefects(json, "across_splits", across);
        json.WriteEndObject();
    }

    private void Write(Utf8JsonWriter json)
    {
        json.WriteNumber("images", Statistics.Images);
        json.WriteNumber("images_without_objects", Statistics.ImagesWithoutObjects);
        json.WriteNumber("objects", Statistics.Objects);
        json.WriteNumber("crowds", Statistics.Crowds);
        json.WriteNumber("most_objects", Statistics.MostObjects);
        json.WriteStartArray("categories");
        foreach (CategoryCount count in Statistics.Categories)
        {
            json.WriteStartObject();
            json.WriteNumber("id", count.Category.Id);
            json.WriteString("name", count.Category.Name);
            json.WriteNumber("objects", count.Objects);
            json.WriteNumber("images", count.Images);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteBins(json, "objects_per_image", Statistics.ObjectsPerImage);
        WriteBins(json, "object_sizes", Statistics.ObjectSizes);
        WriteBins(json, "aspect_ratios", Statistics.AspectRatios);
        WriteBins(json, "image_sizes", Statistics.ImageSizes);
        WriteDefects(json, "defects", Defects);
    }

    private static void WriteBins(Utf8JsonWriter json, string name, IReadOnlyList<HistogramBin> bins)
    {
        json.WriteStartObject(name);
        foreach (HistogramBin bin in bins)
        {
            json.WriteNumber(bin.Label, bin.Count);
        }

        json.WriteEndObject();
    }

    private static void WriteDefects(Utf8JsonWriter json, string name, IReadOnlyList<DatasetDefect> defects)
    {
        json.WriteStartArray(name);
        foreach (DatasetDefect defect in defects)
        {
            json.WriteStartObject();
            json.WriteString("kind", JsonNamingPolicy.SnakeCaseLower.ConvertName(defect.Kind.ToString()));
            json.WriteBoolean("harmless", defect.IsHarmless);
            json.WriteString("file", defect.FileName);
            json.WriteString("description", defect.Description);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
