using System.Text.Json;
using Detr.Imaging;
using Detr.Training;

namespace Detr.Figures;

/// <summary>A training run in one picture: its losses, and below them its average precision, from the lines of its log.</summary>
public static class TrainingCurves
{
    private const int Width = 900;
    private const int PanelHeight = 340;

    // Places in the array of COCO's twelve figures.
    private const int AveragePrecision = 0;
    private const int AveragePrecision50 = 1;

    /// <summary>Draws a run.</summary>
    /// <param name="log">The run's <c>log.txt</c>: one JSON object an epoch, in the reference's keys.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">A line is not a JSON object.</exception>
    public static RgbImage Draw(string log)
    {
        List<JsonElement> lines = [.. File.ReadLines(log).Where(line => line.Length > 0).Select((line, index) => Parse(line, log, index))];
        LineChart losses = new("Training", "epoch", "loss, mean of an epoch",
        [
            Series("all", 0, lines, line => Number(line, "train_loss")),
            Series("class", 1, lines, line => Number(line, "train_loss_ce")),
            Series("box, L1", 2, lines, line => Number(line, "train_loss_bbox")),
            Series("box, generalized IoU", 3, lines, line => Number(line, "train_loss_giou")),
        ]);
        LineChart precision = new("Validation", "epoch", "average precision",
        [
            Series("AP", 0, lines, line => Figure(line, AveragePrecision)),
            Series("AP50", 1, lines, line => Figure(line, AveragePrecision50)),
        ]);
        bool isEvaluated = precision.Series.Any(series => series.X.Length > 0);
        Canvas canvas = new(new RgbImage(Width, isEvaluated ? 2 * PanelHeight : PanelHeight));
        canvas.DrawImage(losses.Render(Width, PanelHeight), 0, 0);
        if (isEvaluated)
        {
            canvas.DrawImage(precision.Render(Width, PanelHeight), 0, PanelHeight);
        }

        return canvas.Image;
    }

    private static LineSeries Series(string name, int color, List<JsonElement> lines, Func<JsonElement, double?> value)
    {
        (double X, double? Y)[] points = [.. lines.Select(line => (X: Number(line, "epoch") ?? double.NaN, Y: value(line))).Where(point => point.Y is not null)];
        return new LineSeries(name, [.. points.Select(point => point.X)], [.. points.Select(point => point.Y!.Value)], Palette.ForIndex(color));
    }

    private static double? Number(JsonElement line, string name)
        => line.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;

    private static double? Figure(JsonElement line, int index)
        => line.TryGetProperty(RunLog.FiguresKey, out JsonElement figures) && figures.ValueKind == JsonValueKind.Array && figures.GetArrayLength() > index
            ? figures[index].GetDouble()
            : null;

    private static JsonElement Parse(string line, string log, int index)
    {
        try
        {
            JsonElement element = JsonElement.Parse(line);
            return element.ValueKind == JsonValueKind.Object ? element : throw new JsonException();
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"Line {index + 1} of {log} is not a JSON object; was it cut off?", error);
        }
    }
}
