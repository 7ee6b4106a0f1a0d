using System.Globalization;
using System.Text.Json;
using Detr.Data.Evaluation;

namespace Detr.Cli;

/// <summary>Panoptic quality as JSON, by the names that COCO's program gives its figures; null where there is nothing to score.</summary>
internal static class PanopticQualityJson
{
    internal static void Write(string target, PanopticSummary summary) => JsonTarget.Write(target, json => Write(json, summary));

    /// <summary>The same as a value among others.</summary>
    internal static void Write(Utf8JsonWriter json, PanopticSummary summary)
    {
        json.WriteStartObject();
        foreach ((string name, PanopticQuality quality) in summary.Figures)
        {
            json.WriteStartObject(name);
            WriteFigures(json, quality.PQ, quality.SQ, quality.RQ);
            json.WriteNumber("n", quality.Categories);
            json.WriteEndObject();
        }

        json.WriteStartObject("per_class");
        foreach (PanopticCategoryQuality quality in summary.PerCategory)
        {
            json.WriteStartObject(quality.Category.Id.ToString(CultureInfo.InvariantCulture));
            json.WriteString("name", quality.Category.Name);
            json.WriteBoolean("isthing", quality.Category.IsThing);
            WriteFigures(json, quality.PQ, quality.SQ, quality.RQ);
            json.WriteNumber("tp", quality.Matched);
            json.WriteNumber("fp", quality.Invented);
            json.WriteNumber("fn", quality.Missed);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteFigures(Utf8JsonWriter json, double? pq, double? sq, double? rq)
    {
        foreach ((string name, double? value) in new[] { ("pq", pq), ("sq", sq), ("rq", rq) })
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
}
