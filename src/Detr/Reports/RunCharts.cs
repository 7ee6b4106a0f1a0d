using Detr.Figures;
using Detr.Imaging;
using Detr.Models;
using Detr.Training;

namespace Detr.Reports;

/// <summary>The charts of a run: those of the values that its log is known to have, and of whatever else it has.</summary>
internal static class RunCharts
{
    private const string Prefix = "train_";

    private static readonly string[] _byLayer = ["train_loss_ce", "train_loss_bbox", "train_loss_giou"];

    /// <summary>The charts that have a point, in the order in which one looks at them.</summary>
    internal static IReadOnlyList<LineChart> For(RunHistory history)
    {
        string[] names = [.. history.Names.Where(name => name.StartsWith(Prefix, StringComparison.Ordinal) && !name.EndsWith("_unscaled", StringComparison.Ordinal))];
        LineChart[] known =
        [
            TrainingCurves.Losses(history) with { Title = "Loss" },
            FromZero(Of("Average precision", "validation, IoU", ("AP", "0.50 to 0.95"), ("AP50", "0.50"), ("AP75", "0.75"), (RunHistory.AveragedPrefix + "AP", "0.50 to 0.95, averaged weights"))),
            FromZero(TrainingCurves.Panoptic(history) with { Title = "Panoptic quality" }),
            FromZero(Of("Average precision by size", "validation", ("APsmall", "small"), ("APmedium", "medium"), ("APlarge", "large"))),
            FromZero(Of("Average recall", "validation, detections a picture", ("AR1", "1"), ("AR10", "10"), ("AR100", "100"))),
            Of("Learning rate", "", [.. names.Where(name => name.StartsWith("train_lr", StringComparison.Ordinal)).Select(name => (name, name == "train_lr" ? "transformer and heads" : Legend(name)))]),
            Of("Gradient norm", "before clipping", ("train_grad_norm", "mean of an epoch")),
            Of("Spread of boxes over queries", "near 0: all queries answer alike", ("train_box_spread", "mean of an epoch")),
            Of("Class error", "percent of matched queries", ("train_class_error", "mean of an epoch")),
            Of("Count error", "predicted less true objects, absolute", ("train_cardinality_error_unscaled", "mean of an epoch")),
            ByLayer("Class loss by decoder layer", "train_loss_ce"),
            ByLayer("Box loss by decoder layer, L1", "train_loss_bbox"),
            ByLayer("Box loss by decoder layer, generalized IoU", "train_loss_giou"),
        ];
        string[] shown = ["train_loss", "train_lr", "train_grad_norm", "train_box_spread", "train_class_error", .. _byLayer, .. _byLayer.Select(name => name + EncoderCriterion.Suffix)];
        IEnumerable<LineChart> others = names.Where(name => !shown.Contains(WithoutLayer(name)) && !name.StartsWith("train_lr", StringComparison.Ordinal) && !name.StartsWith("train_cardinality_error", StringComparison.Ordinal))
            .GroupBy(WithoutLayer).Select(group => Of(Legend(group.Key), "", [.. group.Select(name => (name, name == group.Key ? "last" : Legend(name)))]));
        return [.. known.Concat(others).Select(chart => chart with { Series = [.. chart.Series.Where(series => series.X.Length > 0)] }).Where(chart => chart.Series.Count > 0)];

        LineChart Of(string title, string label, params IReadOnlyList<(string Name, string Legend)> series) => TrainingCurves.Of(history, title, label, series);

        LineChart ByLayer(string title, string name)
        {
            (string Name, string Legend)[] layers = [.. names.Where(other => other != name && WithoutLayer(other) == name).OrderBy(Layer).Select(other => (other, $"{Layer(other) + 1}"))];
            return layers.Length == 0 ? Of(title, "") : Of(title, "mean of an epoch", [.. layers, (name, $"{layers.Length + 1}"), (name + EncoderCriterion.Suffix, "encoder's cells")]);
        }
    }

    /// <summary>Shares begin at 0, or small differences would look large; and a share of next to nothing is shown as that.</summary>
    private static LineChart FromZero(LineChart chart) => chart with { YRange = (0, chart.Series.SelectMany(series => series.Y).Append(0.1).Max()) };

    /// <summary>The name of the last decoder layer's value: the others' end in their numbers.</summary>
    private static string WithoutLayer(string name) => Layer(name) >= 0 ? name[..name.LastIndexOf('_')] : name;

    private static int Layer(string name) => int.TryParse(name.AsSpan(name.LastIndexOf('_') + 1), out int layer) ? layer : -1;

    private static string Legend(string name) => name[Prefix.Length..].Replace('_', ' ');
}
