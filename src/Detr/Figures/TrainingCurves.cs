using Detr.Imaging;
using Detr.Training;

namespace Detr.Figures;

/// <summary>A training run in one picture: its losses, and below them its average precision or, where that was measured, panoptic quality, from the lines of its log.</summary>
public static class TrainingCurves
{
    private const int Width = 900;
    private const int PanelHeight = 340;

    /// <summary>Draws a run.</summary>
    /// <param name="log">The run's <c>log.txt</c>: one JSON object an epoch, in the reference's keys.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">A line is not a JSON object.</exception>
    public static RgbImage Draw(string log)
    {
        RunHistory history = RunHistory.Read(log);
        LineChart panoptic = Panoptic(history);
        LineChart[] evaluations = [HasPoints(panoptic) ? panoptic : Precision(history)];
        return LineChart.RenderColumn([Losses(history), .. evaluations.Where(HasPoints)], Width, PanelHeight);

        static bool HasPoints(LineChart chart) => chart.Series.Any(series => series.X.Length > 0);
    }

    /// <summary>All losses together, and the last decoder layer's.</summary>
    /// <param name="history">The run.</param>
    internal static LineChart Losses(RunHistory history) => Of(
        history, "Training", "loss, mean of an epoch",
        [
            ("train_loss", "all"), ("train_loss_ce", "class"), ("train_loss_bbox", "box, L1"), ("train_loss_giou", "box, generalized IoU"),
            .. new[] { ("train_loss_mask", "mask, focal"), ("train_loss_dice", "mask, dice") }.Where(loss => history.Epochs.Any(epoch => epoch.ContainsKey(loss.Item1))),
        ]);

    /// <summary>Average precision on the validation split.</summary>
    /// <param name="history">The run.</param>
    internal static LineChart Precision(RunHistory history) => Better(history, "average precision", ("AP", "AP"), ("AP50", "AP50"));

    /// <summary>Panoptic quality on the validation split.</summary>
    /// <param name="history">The run.</param>
    internal static LineChart Panoptic(RunHistory history) => Better(history, "panoptic quality", [.. RunHistory.PanopticNames.Zip(["all", "things", "stuff"])]);

    /// <summary>A chart of some of the log's values over epochs.</summary>
    /// <param name="history">The run.</param>
    /// <param name="title">Above it.</param>
    /// <param name="label">What the values are.</param>
    /// <param name="series">The log's names, and what the legend calls them.</param>
    internal static LineChart Of(RunHistory history, string title, string label, params IEnumerable<(string Name, string Legend)> series)
        => new(title, "epoch", label, [.. series.Select((pair, color) => Series(history.Series(pair.Name), pair.Legend, color))])
        {
            XRange = (0, Math.Max(1, history.Epochs.Count == 0 ? 0 : history.Epochs[^1].GetValueOrDefault("epoch", history.Epochs.Count - 1))),
            HasWholeX = true,
        };

    /// <summary>Figures of the better of the last and the averaged weights: after most epochs the averaged ones alone are evaluated.</summary>
    private static LineChart Better(RunHistory history, string label, params IReadOnlyList<(string Name, string Legend)> figures)
    {
        LineChart chart = Of(history, "Validation", label);
        return chart with { Series = [.. figures.Select((figure, color) => Series(history.Highest(figure.Name, RunHistory.AveragedPrefix + figure.Name), figure.Legend, color))] };
    }

    private static LineSeries Series((double[] Epochs, double[] Values) points, string legend, int color) => new(legend, points.Epochs, points.Values, Palette.ForIndex(color));
}
