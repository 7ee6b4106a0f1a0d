using System.Text.Json;
using Detr.Data;
using Detr.Data.Evaluation;
using Detr.Tensors.Checkpoints;

namespace Detr.Cli;

/// <summary>Detections in COCO's results format, which every scorer of the field reads.</summary>
internal static class ResultsJson
{
    internal static void Write(string path, IEnumerable<DetectionResult> detections) => AtomicFile.Write(path, stream => Write(stream, detections));

    private static void Write(Stream stream, IEnumerable<DetectionResult> detections)
    {
        using Utf8JsonWriter json = new(stream);
        json.WriteStartArray();
        foreach (DetectionResult detection in detections)
        {
            json.WriteStartObject();
            json.WriteNumber("image_id", detection.ImageId);
            json.WriteNumber("category_id", detection.CategoryId);
            json.WriteStartArray("bbox");
            json.WriteNumberValue(detection.Box.X);
            json.WriteNumberValue(detection.Box.Y);
            json.WriteNumberValue(detection.Box.Width);
            json.WriteNumberValue(detection.Box.Height);
            json.WriteEndArray();
            json.WriteNumber("score", detection.Score);
            if (detection.Mask is { } mask)
            {
                json.WriteStartObject("segmentation");
                json.WriteStartArray("size");
                json.WriteNumberValue(mask.Height);
                json.WriteNumberValue(mask.Width);
                json.WriteEndArray();
                json.WriteString("counts", RunLengthText.Format(mask));
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
