using System.Text;
using System.Text.Json;
using Detr.Data.Evaluation;
using Detr.Tensors.Checkpoints;

namespace Detr.Training;

/// <summary>A run's <c>log.txt</c>: one JSON object an epoch, in the reference's keys, and <c>seconds</c> and <c>steps</c>.</summary>
/// <param name="path">The file; lines are added to what is there.</param>
/// <param name="parameters">How many numbers are trained.</param>
public sealed class RunLog(string path, long parameters)
{
    /// <summary>The key of COCO's twelve figures.</summary>
    internal const string FiguresKey = "test_coco_eval_bbox";

    /// <summary>The same of the averaged weights.</summary>
    internal const string AveragedFiguresKey = "test_" + RunHistory.AveragedPrefix + "coco_eval_bbox";

    /// <summary>The key of panoptic quality over all categories; of things and of stuff, the others of <see cref="PanopticKeys"/>.</summary>
    internal static readonly string[] PanopticKeys = ["PQ_all", "PQ_th", "PQ_st"];

    /// <summary>The key of the time that training took until then.</summary>
    internal const string SecondsKey = "seconds";

    /// <summary>The file.</summary>
    public string Path { get; } = path;

    /// <summary>
    /// Takes back what was written after the checkpoint that a run goes on from: epochs that will come again, and a line that
    /// the end of the process cut off.
    /// </summary>
    /// <param name="epoch">The epoch that comes next.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Rewind(int epoch)
    {
        if (File.Exists(Path))
        {
            string[] lines = [.. File.ReadLines(Path).Where(line => IsBefore(line, epoch))];
            AtomicFile.Write(Path, stream =>
            {
                using StreamWriter writer = new(stream, leaveOpen: true) { NewLine = "\n" };
                Array.ForEach(lines, writer.WriteLine);
            });
        }
    }

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

            WriteFigures(json, FiguresKey, report.Evaluation);
            WriteFigures(json, AveragedFiguresKey, report.Averaged);
            WritePanoptic(json, "test_", report.Evaluation?.Panoptic);
            WritePanoptic(json, "test_" + RunHistory.AveragedPrefix, report.Averaged?.Panoptic);

            json.WriteNumber("epoch", report.Epoch);
            json.WriteNumber("steps", report.Steps);
            json.WriteNumber(SecondsKey, Math.Round(report.Elapsed.TotalSeconds, 3));
            json.WriteNumber("n_parameters", parameters);
            json.WriteEndObject();
        }

        buffer.WriteByte((byte)'\n');
        File.AppendAllText(Path, Encoding.UTF8.GetString(buffer.ToArray()));
    }

    private static bool IsBefore(string line, int epoch)
    {
        try
        {
            return JsonElement.Parse(line) is { ValueKind: JsonValueKind.Object } json && json.TryGetProperty("epoch", out JsonElement own) && own.TryGetInt32(out int number) && number < epoch;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Panoptic quality, as the reference's program logs it; what there is nothing of is left out.</summary>
    private static void WritePanoptic(Utf8JsonWriter json, string prefix, PanopticSummary? panoptic)
    {
        foreach ((string key, PanopticQuality quality) in PanopticKeys.Zip(panoptic?.Figures.Select(figure => figure.Quality) ?? []))
        {
            if (quality is { PQ: { } all, SQ: { } segmentation, RQ: { } recognition })
            {
                json.WriteStartObject(prefix + key);
                json.WriteNumber("pq", all);
                json.WriteNumber("sq", segmentation);
                json.WriteNumber("rq", recognition);
                json.WriteNumber("n", quality.Categories);
                json.WriteEndObject();
            }
        }
    }

    /// <summary>COCO's twelve in the order in which its evaluator prints them; −1 where there is nothing to find, as there.</summary>
    private static void WriteFigures(Utf8JsonWriter json, string key, EvaluationResult? evaluation)
    {
        if (evaluation is null)
        {
            return;
        }

        json.WriteStartArray(key);
        foreach (double? figure in evaluation.Summary.Figures.Select(figure => figure.Value))
        {
            json.WriteNumberValue(figure ?? -1);
        }

        json.WriteEndArray();
    }
}
