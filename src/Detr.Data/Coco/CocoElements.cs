using System.Text.Json;
using Detr.Data.Evaluation;

namespace Detr.Data;

/// <summary>What COCO's JSON files have in common, written.</summary>
internal static class CocoElements
{
    /// <summary>A picture, as a value of <c>images</c>.</summary>
    internal static void WriteImage(this Utf8JsonWriter json, long id, string fileName, int width, int height)
    {
        json.WriteStartObject();
        json.WriteNumber("id", id);
        json.WriteString("file_name", fileName);
        json.WriteNumber("width", width);
        json.WriteNumber("height", height);
        json.WriteEndObject();
    }

    /// <summary>A box, as <c>bbox</c>: left and upper edge, width, height.</summary>
    internal static void WriteBox(this Utf8JsonWriter json, in ResultBox box)
    {
        json.WriteStartArray("bbox");
        json.WriteNumberValue(box.X);
        json.WriteNumberValue(box.Y);
        json.WriteNumberValue(box.Width);
        json.WriteNumberValue(box.Height);
        json.WriteEndArray();
    }

    /// <summary>The box of an object, in the digits that a float needs.</summary>
    internal static void WriteBox(this Utf8JsonWriter json, ObjectAnnotation item)
    {
        json.WriteStartArray("bbox");
        json.WriteNumberValue(item.X0);
        json.WriteNumberValue(item.Y0);
        json.WriteNumberValue(item.X1 - item.X0);
        json.WriteNumberValue(item.Y1 - item.Y0);
        json.WriteEndArray();
    }

    /// <summary>A mask, as <c>segmentation</c>: runs as compressed text.</summary>
    internal static void WriteMask(this Utf8JsonWriter json, RunLengthMask mask)
    {
        json.WriteStartObject("segmentation");
        json.WriteStartArray("size");
        json.WriteNumberValue(mask.Height);
        json.WriteNumberValue(mask.Width);
        json.WriteEndArray();
        json.WriteString("counts", RunLengthText.Format(mask));
        json.WriteEndObject();
    }
}
