using Detr.Data.Evaluation;
using Detr.Imaging;

namespace Detr.Reports;

/// <summary>The curves of an evaluation.</summary>
public static class EvaluationCharts
{
    private const int Points = 101;

    /// <summary>Precision over recall: means of all categories at three demands on how closely a box fits, and behind them each category.</summary>
    /// <param name="evaluation">The evaluation.</param>
    public static LineChart PrecisionRecall(ScoredEvaluation evaluation)
    {
        double[] recalls = [.. Enumerable.Range(0, Points).Select(point => point * 0.01)];
        CategoryEvaluation[] scored = [.. evaluation.Summary.PerCategory.Values.Where(category => category.Objects > 0)];
        LineSeries Mean(string name, int color, Func<CategoryEvaluation, IReadOnlyList<double>> curve) => scored.Length == 0
            ? new LineSeries(name, [], [], Palette.ForIndex(color))
            : new LineSeries(name, recalls, [.. Enumerable.Range(0, Points).Select(point => scored.Average(category => curve(category)[point]))], Palette.ForIndex(color));
        IEnumerable<LineSeries> each = evaluation.PerCategory.Where(pair => pair.Figures.Objects > 0)
            .Select((pair, index) => new LineSeries(pair.Category.Name, recalls, [.. pair.Figures.PrecisionAt50], Palette.ForIndex(index)) { IsFaint = true });
        return new LineChart("Precision and recall", "recall", "precision; thin: each category at IoU 0.50",
        [
            .. scored.Length > 1 ? each : [],
            Mean("IoU 0.50", 0, category => category.PrecisionAt50),
            Mean("IoU 0.75", 1, category => category.PrecisionAt75),
            Mean("mean of 0.50 to 0.95", 2, category => category.Precision),
        ])
        {
            XRange = (0, 1),
            YRange = (0, 1),
        };
    }

    /// <summary>Precision, recall and F1 over the score threshold, all categories counted together, and behind them each category's F1.</summary>
    /// <param name="evaluation">The evaluation.</param>
    public static LineChart Thresholds(ScoredEvaluation evaluation)
    {
        double[] thresholds = Grid(evaluation.Summary);
        LineSeries Series(string name, int color, ThresholdCurve curve, Func<ThresholdPoint, double?> value)
            => new(name, thresholds, [.. thresholds.Select(threshold => value(curve.At(threshold)) ?? double.NaN)], Palette.ForIndex(color));
        ThresholdCurve all = evaluation.Summary.Matches.Thresholds;
        IEnumerable<LineSeries> each = evaluation.PerCategory.Where(pair => pair.Figures.Objects > 0)
            .Select((pair, index) => Series(pair.Category.Name, index, pair.Figures.Thresholds, point => point.F1) with { IsFaint = true });
        return new LineChart("What a score threshold brings", "score threshold", "IoU 0.50; thin: each category's F1",
        [
            .. evaluation.Summary.PerCategory.Count > 1 ? each : [],
            Series("precision", 0, all, point => point.Precision),
            Series("recall", 1, all, point => point.Recall),
            Series("F1", 2, all, point => point.F1),
        ])
        {
            XRange = (thresholds[0], thresholds[^1]),
            YRange = (0, 1),
        };
    }

    /// <summary>The thresholds that curves are drawn and written at: 0.00, 0.01 … 1.00, or as many over the scores' range where they are not shares.</summary>
    internal static double[] Grid(EvaluationSummary summary)
    {
        (double low, double high) = summary.Matches.Thresholds.Range is { } range && (range.Low < 0 || range.High > 1) && range.High > range.Low ? range : (0, 1);
        return [.. Enumerable.Range(0, Points).Select(point => point == Points - 1 ? high : low + (point * (high - low) / (Points - 1)))];
    }
}
