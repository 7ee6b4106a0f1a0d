using System.Text.Json;
using Detr.Models;

namespace Detr.Cli;

/// <summary>The published weights as JSON: one object each.</summary>
internal static class ModelsJson
{
    internal static void Write(Utf8JsonWriter json, WeightsCache cache, IEnumerable<(PublishedModel Model, CachedState State)> models)
    {
        json.WriteStartArray();
        foreach ((PublishedModel model, CachedState state) in models)
        {
            json.WriteStartObject();
            json.WriteString("name", model.Name);
            json.WriteString("description", model.Description);
            json.WriteString("file", model.FileName);
            json.WriteString("url", model.Url.ToString());
            json.WriteString("sha256_start", model.HashStart);
            json.WriteString("license", ModelZoo.License);
            WriteNumber(json, "megabytes", model.Megabytes);
            json.WriteNumber("box_ap", model.BoxAP);
            WriteNumber(json, "mask_ap", model.MaskAP);
            WriteNumber(json, "panoptic_quality", model.PanopticQuality);
            json.WriteString("path", cache.PathOf(model));
            json.WriteString("cached", Name(state));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>The state as a word of the interface, which does not change with the code.</summary>
    private static string Name(CachedState state) => state switch
    {
        CachedState.Absent => "no",
        CachedState.Partial => "partly",
        CachedState.Damaged => "damaged",
        _ => "yes",
    };

    private static void WriteNumber(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
