using System.Text.Json;
using Detr.Data.Evaluation;
using Detr.Tensors.Checkpoints;

namespace Detr.Data;

/// <summary>Detections in COCO's results format, which every scorer of the field reads, <see cref="CocoScoring"/> among them.</summary>
public static class CocoResults
{
    /// <summary>Writes detections; the file appears whole or not at all.</summary>
    /// <param name="path">The file, which is replaced if it is there.</param>
    /// <param name="detections">The detections, with masks or without.</param>
    /// <exception cref="IOException">It cannot be written; what was there before is untouched.</exception>
    public static void Write(string path, IEnumerable<DetectionResult> detections) => AtomicFile.Write(path, stream => Write(stream, detections));

    private static void Write(Stream stream, IEnumerable<DetectionResult> detections)
    {
        using Utf8JsonWriter json = new(stream);
        json.WriteStartArray();
        foreach (DetectionResult detection in detections)
        {
            json.WriteStartObject();
            json.WriteNumber("image_id", detection.ImageId);
            json.WriteNumber("category_id", detection.CategoryId);
            json.WriteBox(detection.Box);
            json.WriteNumber("score", detection.Score);
            if (detection.Mask is { } mask)
            {
                json.WriteMask(mask);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
