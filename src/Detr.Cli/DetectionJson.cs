using System.Text.Json;

namespace Detr.Cli;

/// <summary>Detections as JSON: one object a picture.</summary>
internal static class DetectionJson
{
    internal static void Write(Utf8JsonWriter json, IEnumerable<PictureResult> results)
    {
        json.WriteStartArray();
        foreach (PictureResult result in results)
        {
            json.WriteStartObject();
            json.WriteString("file", result.File);
            json.WriteNumber("width", result.Width);
            json.WriteNumber("height", result.Height);
            Write(json, "detections", result.Detections);
            json.WriteStartObject("timings_ms");
            json.WriteNumber("decode", result.Timings.Decode);
            json.WriteNumber("resize", result.Timings.Resize);
            json.WriteNumber("run", result.Timings.Run);
            json.WriteNumber("detect", result.Timings.Detect);
            json.WriteNumber("draw", result.Timings.Draw);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Writes detections as an array of an object.</summary>
    internal static void Write(Utf8JsonWriter json, string name, IEnumerable<Detection> detections)
    {
        json.WriteStartArray(name);
        foreach (Detection detection in detections)
        {
            json.WriteStartObject();
            WriteProperties(json, detection);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Writes what there is to say of a detection into an object that was begun.</summary>
    internal static void WriteProperties(Utf8JsonWriter json, Detection detection)
    {
        json.WriteNumber("query", detection.Query);
        json.WriteNumber("label_id", detection.LabelId);
        json.WriteString("label", detection.Label);
        json.WriteNumber("score", detection.Score);
        json.WriteStartArray("box");
        json.WriteNumberValue(detection.X0);
        json.WriteNumberValue(detection.Y0);
        json.WriteNumberValue(detection.X1);
        json.WriteNumberValue(detection.Y1);
        json.WriteEndArray();
    }
}
