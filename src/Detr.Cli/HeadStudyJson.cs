using System.Text.Json;
using Detr.Explain;

namespace Detr.Cli;

/// <summary>Sweeps over heads and rankings of heads as JSON.</summary>
internal static class HeadStudyJson
{
    internal static void Write(Utf8JsonWriter json, HeadSweep? sweep, HeadRanking? ranking)
    {
        json.WriteStartObject();
        if (sweep is not null)
        {
            json.WriteStartObject("sweep");
            Write(json, sweep);
            json.WriteEndObject();
        }

        if (ranking is not null)
        {
            json.WriteStartObject("ranking");
            Write(json, ranking);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, HeadSweep sweep)
    {
        json.WriteString("attention", sweep.Request.Kind.Name());
        if (sweep.Request.Query is { } query)
        {
            json.WriteNumber("query", query);
        }

        json.WriteString("method", sweep.Request.Method.Name);
        json.WriteStartArray("grid");
        json.WriteNumberValue(sweep.Height);
        json.WriteNumberValue(sweep.Width);
        json.WriteEndArray();
        DetectionJson.Write(json, "objects", sweep.Objects);
        json.WriteStartArray("steps");
        foreach (HeadSweepStep step in sweep.Steps)
        {
            json.WriteStartObject();
            json.WriteNumber("heads_off", step.Off);
            DetectionJson.Write(json, "detections", step.Detections.Where(detection => detection.Score >= sweep.Request.Threshold));
            json.WriteStartArray("objects");
            for (int i = 0; i < step.Scores.Count; i++)
            {
                json.WriteStartObject();
                json.WriteNumber("query", sweep.Objects[i].Query);
                json.WriteNumber("score", step.Scores[i]);
                json.WriteStartArray("values");
                Array.ForEach(step.Maps[i].Values, json.WriteNumberValue);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, HeadRanking ranking)
    {
        DetectionJson.Write(json, "objects", ranking.Objects);
        json.WriteStartArray("heads");
        foreach (HeadCost cost in ranking.Heads)
        {
            json.WriteStartObject();
            json.WriteString("attention", cost.Head.Place.Kind.Name());
            json.WriteNumber("layer", cost.Head.Place.Layer);
            json.WriteNumber("head", cost.Head.Head);
            json.WriteNumber("score_fall", cost.ScoreFall);
            json.WriteNumber("box_shift", cost.BoxShift);
            json.WriteNumber("lost", cost.Lost);
            json.WriteNumber("added", cost.Added);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
