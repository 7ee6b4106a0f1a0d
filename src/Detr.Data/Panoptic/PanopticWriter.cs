using System.Text.Json;
using Detr.Data.Evaluation;
using Detr.Tensors.Checkpoints;

namespace Detr.Data;

/// <summary>
/// Saves panoptic segmentations in COCO's format: a folder of PNGs, which are written as they come, and one JSON file, which is
/// written at the end.
/// </summary>
/// <param name="jsonFile">The JSON file; its folder is made if it does not exist.</param>
/// <param name="mapsFolder">The folder of the PNGs; made if it does not exist.</param>
/// <param name="categories">What the segments' category ids mean.</param>
public sealed class PanopticWriter(string jsonFile, string mapsFolder, IReadOnlyList<PanopticCategory> categories)
{
    private readonly List<Entry> _entries = [];
    private readonly HashSet<string> _files = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Writes a picture's PNG, and keeps its segments for the JSON.</summary>
    /// <param name="imageId">The picture's number in the data set.</param>
    /// <param name="imageFile">The picture's file, as the JSON is to name it.</param>
    /// <param name="segmentation">Its segments.</param>
    /// <param name="mapFile">The PNG's name; that of the picture unless given.</param>
    /// <exception cref="ArgumentException">Another picture has that PNG.</exception>
    /// <exception cref="IOException">The PNG cannot be written.</exception>
    public void Add(long imageId, string imageFile, PanopticSegmentation segmentation, string? mapFile = null)
    {
        mapFile ??= Path.ChangeExtension(imageFile, ".png");
        if (!_files.Add(mapFile))
        {
            throw new ArgumentException($"Two pictures cannot both have their segments in {mapFile}.", nameof(mapFile));
        }

        string path = Path.Combine(mapsFolder, mapFile);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        PanopticPng.Write(segmentation.Map, path);
        _entries.Add(new Entry(imageId, imageFile, segmentation.Map.Width, segmentation.Map.Height, mapFile, segmentation.Segments));
    }

    /// <summary>Writes the JSON: images, annotations and categories.</summary>
    /// <exception cref="IOException">It cannot be written; what was there before is untouched.</exception>
    public void Save()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(jsonFile))!);
        AtomicFile.Write(jsonFile, Write);
    }

    private void Write(Stream stream)
    {
        using Utf8JsonWriter json = new(stream);
        json.WriteStartObject();
        json.WriteStartArray("images");
        foreach (Entry entry in _entries)
        {
            json.WriteImage(entry.ImageId, entry.ImageFile, entry.Width, entry.Height);
        }

        json.WriteEndArray();
        json.WriteStartArray("annotations");
        foreach (Entry entry in _entries)
        {
            json.WriteStartObject();
            json.WriteNumber("image_id", entry.ImageId);
            json.WriteString("file_name", entry.MapFile);
            json.WriteStartArray("segments_info");
            foreach (PanopticSegment segment in entry.Segments)
            {
                WriteSegment(json, segment);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("categories");
        foreach (PanopticCategory category in categories)
        {
            WriteCategory(json, category);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteSegment(Utf8JsonWriter json, PanopticSegment segment)
    {
        json.WriteStartObject();
        json.WriteNumber("id", segment.Id);
        json.WriteNumber("category_id", segment.CategoryId);
        json.WriteNumber("iscrowd", segment.IsCrowd ? 1 : 0);
        json.WriteNumber("area", segment.Area);
        json.WriteBox(segment.Box);
        if (segment.Score is { } score)
        {
            json.WriteNumber("score", score);
        }

        json.WriteEndObject();
    }

    private static void WriteCategory(Utf8JsonWriter json, PanopticCategory category)
    {
        json.WriteStartObject();
        json.WriteNumber("id", category.Id);
        json.WriteString("name", category.Name);
        json.WriteNumber("isthing", category.IsThing ? 1 : 0);
        json.WriteStartArray("color");
        json.WriteNumberValue(category.Color.R);
        json.WriteNumberValue(category.Color.G);
        json.WriteNumberValue(category.Color.B);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private sealed record Entry(long ImageId, string ImageFile, int Width, int Height, string MapFile, IReadOnlyList<PanopticSegment> Segments);
}
