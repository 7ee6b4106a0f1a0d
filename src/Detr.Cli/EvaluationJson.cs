using System.Text.Json;
using Detr.Data;
using Detr.Data.Evaluation;
using Detr.Reports;
using Detr.Tensors.Checkpoints;

namespace Detr.Cli;

/// <summary>An evaluation as JSON: COCO's figures, each category's, the confusion matrix, and how often what went wrong.</summary>
internal static class EvaluationJson
{
    /// <summary>The name of figures of boxes.</summary>
    internal const string Boxes = "bbox";

    /// <summary>The name of figures of masks.</summary>
    internal const string Masks = "segm";

    /// <summary>Writes an evaluation.</summary>
    /// <param name="target">Where.</param>
    /// <param name="evaluation">The evaluation.</param>
    /// <param name="kind">What was scored: <see cref="Boxes"/> or <see cref="Masks"/>.</param>
    /// <param name="panoptic">The panoptic quality, where it was measured, as <c>panoptic</c>.</param>
    internal static void Write(string target, ScoredEvaluation evaluation, string kind = Boxes, PanopticSummary? panoptic = null)
        => JsonTarget.Write(target, json => Write(json, evaluation, kind, panoptic));

    /// <summary>The same into a file of a folder of results, which keeps what it had if the disk is full.</summary>
    internal static void WriteFile(string path, ScoredEvaluation evaluation, string kind = Boxes, PanopticSummary? panoptic = null)
        => AtomicFile.Write(path, stream => JsonTarget.Write(stream, json => Write(json, evaluation, kind, panoptic)));

    private static void Write(Utf8JsonWriter json, ScoredEvaluation evaluation, string kind, PanopticSummary? panoptic)
    {
        json.WriteStartObject();
        json.WriteStartObject(kind);
        foreach ((string name, double? value) in evaluation.Summary.Figures)
        {
            WriteFigure(json, name, value);
        }

        json.WriteEndObject();
        json.WriteStartObject("per_category");
        foreach ((Category category, CategoryEvaluation figures) in evaluation.PerCategory)
        {
            WriteFigure(json, category.Name, figures.AP);
        }

        json.WriteEndObject();
        json.WriteStartArray("categories");
        foreach ((Category category, CategoryEvaluation figures) in evaluation.PerCategory)
        {
            WriteCategory(json, category, figures, evaluation.Threshold);
        }

        json.WriteEndArray();
        WriteThreshold(json, "at_threshold", evaluation.Summary.Matches.Thresholds.At(evaluation.Threshold));
        WriteThreshold(json, "at_best_threshold", evaluation.Summary.Matches.Thresholds.Best);
        WriteConfusion(json, evaluation);
        WriteErrors(json, "missed", evaluation.Errors.Missed);
        WriteErrors(json, "wrong", evaluation.Errors.Invented);
        if (panoptic is not null)
        {
            json.WritePropertyName("panoptic");
            PanopticQualityJson.Write(json, panoptic);
        }

        json.WriteEndObject();
    }

    private static void WriteCategory(Utf8JsonWriter json, Category category, CategoryEvaluation figures, double threshold)
    {
        json.WriteStartObject();
        json.WriteNumber("id", category.Id);
        json.WriteString("name", category.Name);
        json.WriteNumber("objects", figures.Objects);
        foreach ((string name, double? value) in new (string, double?)[]
        {
            ("AP", figures.AP), ("AP50", figures.AP50), ("AP75", figures.AP75), ("APsmall", figures.APsmall), ("APmedium", figures.APmedium), ("APlarge", figures.APlarge), ("AR100", figures.AR100),
        })
        {
            WriteFigure(json, name, value);
        }

        WriteThreshold(json, "at_threshold", figures.Thresholds.At(threshold));
        WriteThreshold(json, "at_best_threshold", figures.Thresholds.Best);
        json.WriteEndObject();
    }

    private static void WriteThreshold(Utf8JsonWriter json, string name, ThresholdPoint? threshold)
    {
        if (threshold is not { } point)
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartObject(name);
        json.WriteNumber("threshold", point.Threshold);
        json.WriteNumber("right", point.Right);
        json.WriteNumber("wrong", point.Wrong);
        json.WriteNumber("missed", point.Missed);
        WriteFigure(json, "precision", point.Precision);
        WriteFigure(json, "recall", point.Recall);
        WriteFigure(json, "F1", point.F1);
        json.WriteEndObject();
    }

    private static void WriteConfusion(Utf8JsonWriter json, ScoredEvaluation evaluation)
    {
        ConfusionMatrix matrix = evaluation.Errors.Confusion;
        json.WriteStartObject("confusion");
        json.WriteNumber("IoU", 0.5);
        json.WriteNumber("threshold", evaluation.Threshold);
        json.WriteStartArray("categories");
        foreach (int id in matrix.CategoryIds)
        {
            json.WriteStringValue(evaluation.NameOf(id));
        }

        json.WriteStringValue("background");
        json.WriteEndArray();
        json.WriteStartArray("rows_are_truth");
        for (int row = 0; row <= matrix.Background; row++)
        {
            json.WriteStartArray();
            for (int column = 0; column <= matrix.Background; column++)
            {
                json.WriteNumberValue(matrix[row, column]);
            }

            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteErrors(Utf8JsonWriter json, string name, IReadOnlyList<DetectionError> errors)
    {
        json.WriteStartObject(name);
        foreach ((ErrorKind kind, int count) in errors.CountBy(error => error.Kind).OrderBy(pair => pair.Key))
        {
            json.WriteNumber(JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString()), count);
        }

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
