using System.Text.Json;
using Detr.Data;
using Detr.Data.Evaluation;

namespace Detr.Cli;

/// <summary>The figures of an evaluation as JSON.</summary>
internal static class EvaluationJson
{
    internal static IEnumerable<(string Name, double? Value)> Figures(EvaluationSummary summary) =>
    [
        ("AP", summary.AP), ("AP50", summary.AP50), ("AP75", summary.AP75),
        ("APsmall", summary.APsmall), ("APmedium", summary.APmedium), ("APlarge", summary.APlarge),
        ("AR1", summary.AR1), ("AR10", summary.AR10), ("AR100", summary.AR100),
        ("ARsmall", summary.ARsmall), ("ARmedium", summary.ARmedium), ("ARlarge", summary.ARlarge),
    ];

    internal static void Write(string target, EvaluationSummary summary, IReadOnlyList<Category> categories)
    {
        using Stream stream = target == "-" ? Console.OpenStandardOutput() : File.Create(target);
        using Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteStartObject("bbox");
        foreach ((string name, double? value) in Figures(summary))
        {
            WriteFigure(json, name, value);
        }

        json.WriteEndObject();
        json.WriteStartObject("per_category");
        foreach (Category category in categories)
        {
            WriteFigure(json, category.Name, summary.PerCategory[category.Id]);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteFigure(Utf8JsonWriter json, string name, double? value)
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
