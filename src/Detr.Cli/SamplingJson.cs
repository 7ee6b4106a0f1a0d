using System.Text.Json;
using Detr.Explain;

namespace Detr.Cli;

/// <summary>Sampling points as JSON, in pixels of the upright original as detections are.</summary>
internal static class SamplingJson
{
    internal static void Write(Utf8JsonWriter json, SamplingExplanation explanation, int width, int height)
    {
        json.WriteStartObject();
        json.WriteStartArray("levels");
        foreach ((int rows, int columns) in explanation.Levels)
        {
            WriteNumbers(json, rows, columns);
        }

        json.WriteEndArray();
        json.WriteStartArray("queries");
        foreach (SampledQuery query in explanation.Queries)
        {
            json.WriteStartObject();
            DetectionJson.WriteProperties(json, explanation.Detections[query.Query]);
            Write(json, "decoder", query.Decoder, width, height);
            json.WritePropertyName("cell");
            WriteNumbers(json, query.Cell.Row, query.Cell.Column);
            Write(json, "encoder", query.Encoder, width, height);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, IReadOnlyList<SamplingPoints> layers, int width, int height)
    {
        json.WriteStartArray(name);
        foreach (SamplingPoints points in layers)
        {
            json.WriteStartObject();
            json.WritePropertyName("reference");
            WriteNumbers(json, points.ReferenceInPixels(width, height));
            WriteByHeadAndLevel(json, "points", points, point => WriteNumbers(json, points.Location(point).X * width, points.Location(point).Y * height));
            WriteByHeadAndLevel(json, "weights", points, point => json.WriteNumberValue(points.Weights[point]));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>[heads, levels, points].</summary>
    private static void WriteByHeadAndLevel(Utf8JsonWriter json, string name, SamplingPoints points, Action<int> write)
    {
        json.WriteStartArray(name);
        for (int head = 0, point = 0; head < points.Heads; head++)
        {
            json.WriteStartArray();
            for (int level = 0; level < points.Levels; level++)
            {
                json.WriteStartArray();
                for (int i = 0; i < points.Points; i++)
                {
                    write(point++);
                }

                json.WriteEndArray();
            }

            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    private static void WriteNumbers(Utf8JsonWriter json, params ReadOnlySpan<float> numbers)
    {
        json.WriteStartArray();
        foreach (float number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }
}
