using System.Text.Json;
using Detr.Data;
using Detr.Explain;
using Detr.Models;

namespace Detr.Cli;

/// <summary>Relevance maps as JSON.</summary>
internal static class ExplanationJson
{
    internal static void Write(Utf8JsonWriter json, Explanation explanation, IReadOnlyList<Category> categories)
    {
        json.WriteStartObject();
        json.WriteStartArray("grid");
        json.WriteNumberValue(explanation.Height);
        json.WriteNumberValue(explanation.Width);
        json.WriteEndArray();
        json.WriteStartArray("maps");
        foreach ((string method, IReadOnlyList<RelevanceMap> maps) in explanation.Maps)
        {
            foreach (RelevanceMap map in maps)
            {
                Category category = PostProcess.CategoryOf(map.Label, categories);
                json.WriteStartObject();
                json.WriteNumber("query", map.Query);
                json.WriteNumber("label_id", category.Id);
                json.WriteString("label", category.Name);
                json.WriteString("method", method);
                json.WriteStartArray("values");
                foreach (float value in map.Values)
                {
                    json.WriteNumberValue(value);
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
