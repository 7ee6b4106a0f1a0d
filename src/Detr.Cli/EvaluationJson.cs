using System.Text.Json;
using Detr.Data;
using Detr.Data.Evaluation;
using Detr.Tensors.Checkpoints;

namespace Detr.Cli;

/// <summary>The figures of an evaluation as JSON.</summary>
internal static class EvaluationJson
{
    /// <summary>The name of figures of boxes.</summary>
    internal const string Boxes = "bbox";

    /// <summary>The name of figures of masks.</summary>
    internal const string Masks = "segm";

    internal static void Write(string target, EvaluationSummary summary, IReadOnlyList<Category> categories, string kind = Boxes)
        => JsonTarget.Write(target, json => Write(json, summary, categories, kind));

    /// <summary>The same into a file of a folder of results, which keeps what it had if the disk is full.</summary>
    internal static void WriteFile(string path, EvaluationSummary summary, IReadOnlyList<Category> categories)
        => AtomicFile.Write(path, stream => JsonTarget.Write(stream, json => Write(json, summary, categories, Boxes)));

    private static void Write(Utf8JsonWriter json, EvaluationSummary summary, IReadOnlyList<Category> categories, string kind)
    {
        json.WriteStartObject();
        json.WriteStartObject(kind);
        foreach ((string name, double? value) in summary.Figures)
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
