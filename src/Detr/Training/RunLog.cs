using System.Text;
using System.Text.Json;
using Detr.Data.Evaluation;

namespace Detr.Training;

/// <summary>A run's <c>log.txt</c>: one JSON object an epoch, in the reference's keys, and <c>seconds</c> and <c>steps</c>.</summary>
/// <param name="path">The file; lines are added to what is there.</param>
/// <param name="parameters">How many numbers are trained.</param>
public sealed class RunLog(string path, long parameters)
{
    /// <summary>Adds an epoch.</summary>
    /// <param name="report">The epoch.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Append(EpochReport report)
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            foreach ((string name, double mean) in report.Losses.All)
            {
                json.WriteNumber($"train_{name}", mean);
            }

            if (report.Evaluation is { } evaluation)
            {
                WriteFigures(json, evaluation.Summary);
            }

            json.WriteNumber("epoch", report.Epoch);
            json.WriteNumber("steps", report.Steps);
            json.WriteNumber("seconds", Math.Round(report.Elapsed.TotalSeconds, 3));
            json.WriteNumber("n_parameters", parameters);
            json.WriteEndObject();
        }

        buffer.WriteByte((byte)'\n');
        File.AppendAllText(path, Encoding.UTF8.GetString(buffer.ToArray()));
    }

    /// <summary>COCO's twelve in the order in which its evaluator prints them; −1 where there is nothing to find, as there.</summary>
    private static void WriteFigures(Utf8JsonWriter json, EvaluationSummary summary)
    {
        json.WriteStartArray("test_coco_eval_bbox");
        foreach (double? figure in summary.Figures.Select(figure => figure.Value))
        {
            json.WriteNumberValue(figure ?? -1);
        }

        json.WriteEndArray();
    }
}
