using Detr.Imaging;

namespace Detr.Studies;

/// <summary>The charts of studies, all of one size.</summary>
internal static class StudyCharts
{
    private const int Width = 760;
    private const int Height = 400;
    private const double LeastTop = 0.1;

    /// <summary>Shares as lines from 0, so that small differences do not look large.</summary>
    /// <param name="title">Above the chart.</param>
    /// <param name="across">What the horizontal axis counts, in whole numbers.</param>
    /// <param name="up">What the lines show.</param>
    /// <param name="lines">Each line's name and points.</param>
    internal static RgbImage Lines(string title, string across, string up, params IReadOnlyList<(string Name, double[] X, double[] Y)> lines)
        => new LineChart(title, across, up, [.. lines.Select((line, i) => new LineSeries(line.Name, line.X, line.Y, Palette.ForIndex(i)))])
        {
            HasWholeX = true,
            YRange = (0, lines.SelectMany(line => line.Y).Where(double.IsFinite).Append(LeastTop).Max()),
        }.Render(Width, Height);

    /// <summary>Average precision over the steps of training, on the few scenes that follow it.</summary>
    /// <param name="workshop">Where the arms were trained.</param>
    /// <param name="arms">The arms, and what the legend calls them.</param>
    internal static RgbImage Learning(StudyWorkshop workshop, params IReadOnlyList<(string Name, StudyArm Arm)> arms) => Lines(
        "Learning", "steps", "average precision on a few scenes",
        [.. arms.Select(arm => (arm.Name, Curve: workshop.Curve(arm.Arm))).Select(arm => (arm.Name, arm.Curve.Steps, arm.Curve.Precisions))]);

    /// <summary>Average precision over the steps or the time of training: a detector's mean as a line, its single runs as faint ones.</summary>
    /// <param name="title">Above the chart.</param>
    /// <param name="across">What the horizontal axis counts.</param>
    /// <param name="racers">The detectors.</param>
    /// <param name="places">Where a curve's points lie across.</param>
    internal static RgbImage Race(string title, string across, IReadOnlyList<Racer> racers, Func<LearningCurve, IReadOnlyList<double>> places)
    {
        return new LineChart(title, across, "average precision",
            [
                .. racers.SelectMany((racer, i) => racer.Runs.Count == 1 ? [] : racer.Runs.Select(run => Line(string.Empty, run, i) with { IsFaint = true })),
                .. racers.Select((racer, i) => Line(racer.Name, racer.Mean, i)),
            ])
        {
            HasWholeX = true, YRange = (0, racers.SelectMany(racer => racer.Runs).SelectMany(run => run.Precisions).Append(LeastTop).Max()),
        }.Render(Width, Height);

        LineSeries Line(string name, LearningCurve curve, int color) => new(name, [0, .. places(curve)], [0, .. curve.Precisions], Palette.ForIndex(color));
    }

    /// <summary>Bars, one below the other, in groups of a colour.</summary>
    /// <param name="title">Above the bars.</param>
    /// <param name="bars">Each bar's label, length and group.</param>
    internal static RgbImage Bars(string title, IEnumerable<(string Label, double Value, int Group)> bars)
        => new BarChart(title, [.. bars.Select(bar => new Bar(bar.Label, bar.Value, Palette.ForIndex(bar.Group)))]).Render(Width);
}
