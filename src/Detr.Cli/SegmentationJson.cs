using System.Text.Json;
using Detr.Data;
using Detr.Models;

namespace Detr.Cli;

/// <summary>Segmentations as JSON: one object a picture.</summary>
internal static class SegmentationJson
{
    internal static void Write(Utf8JsonWriter json, IEnumerable<SegmentedPicture> pictures, IReadOnlyList<Category> categories)
    {
        json.WriteStartArray();
        foreach (SegmentedPicture picture in pictures)
        {
            json.WriteStartObject();
            json.WriteString("file", picture.File);
            json.WriteNumber("width", picture.Width);
            json.WriteNumber("height", picture.Height);
            json.WriteStartArray("segments");
            foreach (PanopticSegment segment in picture.Segments)
            {
                Write(json, segment, PostProcess.CategoryOfId(segment.CategoryId, categories));
            }

            json.WriteEndArray();
            json.WriteStartObject("timings_ms");
            json.WriteNumber("decode", picture.Timings.Decode);
            json.WriteNumber("resize", picture.Timings.Resize);
            json.WriteNumber("run", picture.Timings.Run);
            json.WriteNumber("draw", picture.Timings.Draw);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, PanopticSegment segment, Category category)
    {
        json.WriteStartObject();
        json.WriteNumber("id", segment.Id);
        json.WriteNumber("label_id", category.Id);
        json.WriteString("label", category.Name);
        json.WriteBoolean("isthing", category.IsThing);
        json.WriteNumber("score", (float)(segment.Score ?? 0));
        json.WriteNumber("area", segment.Area);
        json.WriteStartArray("box");
        json.WriteNumberValue(segment.Box.X);
        json.WriteNumberValue(segment.Box.Y);
        json.WriteNumberValue(segment.Box.X + segment.Box.Width);
        json.WriteNumberValue(segment.Box.Y + segment.Box.Height);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
