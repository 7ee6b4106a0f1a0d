using System.Globalization;
using Detr.Training;

namespace Detr.Reports;

/// <summary>
/// What a run's folder shows while it grows: <c>report.html</c>, <c>log.csv</c>, and an event file for TensorBoard. The page is
/// made of the log, and of the last evaluation where there was one since the process began.
/// </summary>
/// <param name="folder">The run's folder, which exists.</param>
/// <param name="log">The run's log.</param>
public sealed class RunReport(string folder, RunLog log)
{
    private static readonly string[] KnownFiles = ["best.safetensors", "model.safetensors", "averaged.safetensors", "checkpoint.safetensors", "log.txt", "log.csv", "curves.png", "evaluation.json"];
    private EventFile? _events;
    private IReadOnlyList<ReportSection> _evaluation = [];

    /// <summary>What the run was told to do: names and values.</summary>
    public IReadOnlyList<(string Name, string Value)> Configuration { get; init; } = [];

    /// <summary>Writes the page before the first epoch, or before the first since the run was resumed.</summary>
    /// <exception cref="IOException">The file cannot be written; the old one stands.</exception>
    public void Begin() => WritePage(File.Exists(log.Path) ? RunHistory.Read(log.Path) : RunHistory.Empty, isOver: false);

    /// <summary>Adds an epoch, which the log has already.</summary>
    /// <param name="report">The epoch.</param>
    /// <param name="isOver">Whether it is the last.</param>
    /// <exception cref="IOException">A picture cannot be read, or a file not written.</exception>
    /// <exception cref="InvalidDataException">The log or a picture is damaged.</exception>
    public void Add(EpochReport report, bool isOver)
    {
        RunHistory history = RunHistory.Read(log.Path);
        IReadOnlyList<string> names = history.Names;
        CsvFile.Write(Path.Combine(folder, "log.csv"), names, history.Epochs.Select(epoch => names.Select(name => epoch.TryGetValue(name, out double value) ? (object)value : null)));
        _events ??= new EventFile(folder, report.Steps - report.Losses.Steps + 1, DateTimeOffset.UtcNow);
        _events.Add(report.Steps, DateTimeOffset.UtcNow, history.Epochs[^1].Select(pair => (EventName(pair.Key), pair.Value)));
        if (report.Better is { } evaluation)
        {
            _evaluation = EvaluationSections.For(ScoredEvaluation.Of(evaluation));
            string weights = report.IsAveragedBetter ? ", with the averaged weights" : string.Empty;
            _evaluation = [_evaluation[0] with { Note = Html.Of($"On the validation split, after epoch {report.Epoch}{weights}. {_evaluation[0].Note}") }, .. _evaluation.Skip(1)];
        }

        WritePage(history, isOver);
    }

    /// <summary>TensorBoard groups names by what stands before the slash.</summary>
    private static string EventName(string name)
    {
        bool isAveraged = name.StartsWith(RunHistory.AveragedPrefix, StringComparison.Ordinal);
        (string figure, string weights) = isAveraged ? (name[RunHistory.AveragedPrefix.Length..], "_averaged") : (name, string.Empty);
        return RunHistory.FigureNames.Contains(figure) ? $"bbox{weights}/{figure}"
            : RunHistory.PanopticNames.Contains(figure) ? $"panoptic{weights}/{figure}"
            : name.StartsWith("train_", StringComparison.Ordinal) ? $"train/{name["train_".Length..]}" : $"run/{name}";
    }

    private void WritePage(RunHistory history, bool isOver)
    {
        string name = new DirectoryInfo(folder).Name;
        Html charts = history.Epochs.Count == 0 ? Html.Of($"<p class=\"note\">The first epoch is not over yet.</p>") : ReportParts.Grid(RunCharts.For(history).Select(ReportParts.Chart));
        new ReportPage(name, Html.Of($"{(isOver ? "A finished training run." : "A training run that goes on: the page is written anew after each epoch, and reloads itself.")}"),
        [
            new ReportSection("Progress", Html.Of($"{(history.Epochs.Count == 0 ? Html.Empty : Tiles(history))}<div class=\"below\">{charts}</div>")),
            .. _evaluation,
            .. File.Exists(Path.Combine(folder, "samples.png"))
                ? [new ReportSection("Training pictures", Html.Of($"<img class=\"wide\" alt=\"Training pictures with their boxes\" src=\"samples.png\">")) { Note = Html.Of($"As the model sees them, augmented, with their boxes.") }]
                : Array.Empty<ReportSection>(),
            .. Configuration.Count == 0 ? [] : new[] { new ReportSection("Configuration", Html.Of($"<div class=\"card\"><dl>{Html.Join(Configuration.Select(pair => Html.Of($"<dt>{pair.Name}</dt><dd>{pair.Value}</dd>")))}</dl></div>")) },
            new ReportSection("Files", Html.Of($"<p>{Html.Join(KnownFiles.Where(file => File.Exists(Path.Combine(folder, file))).Select(file => Html.Of($"<a href=\"{file}\">{file}</a> &ensp; ")))}</p>")),
        ])
        {
            IsGrowing = !isOver,
        }.Write(Path.Combine(folder, EvaluationReport.PageName));
    }

    private static Html Tiles(RunHistory history)
    {
        IReadOnlyDictionary<string, double> last = history.Epochs[^1];
        (string figure, string key) = history.Names.Contains(RunHistory.PanopticNames[0]) ? ("PQ", RunHistory.PanopticNames[0]) : ("AP", "AP");
        (double[] epochs, double[] values) = history.Highest(key, RunHistory.AveragedPrefix + key);
        int best = values.Length == 0 ? -1 : Array.IndexOf(values, values.Max());
        string At(int index) => FormattableString.Invariant($"after epoch {epochs[index]:0}");
        return ReportParts.Tiles(
        [
            ("Epoch", Text("epoch", "0"), $"{Text("steps", "N0")} steps"),
            ("Time", Duration(last.GetValueOrDefault("seconds")), Text("n_parameters", "N0") + " parameters"),
            ("Loss", Text("train_loss", "0.000"), "mean of the last epoch"),
            (figure, best < 0 ? "n/a" : ReportParts.Share(values[^1]), best < 0 ? "no evaluation yet" : At(epochs.Length - 1)),
            ($"Best {figure}", best < 0 ? "n/a" : ReportParts.Share(values[best]), best < 0 ? "" : $"{At(best)}: best.safetensors"),
            ("Learning rate", Text("train_lr", "0.##e0"), "of transformer and heads"),
        ]);

        string Text(string name, string format) => last.TryGetValue(name, out double value) ? value.ToString(format, CultureInfo.InvariantCulture) : "n/a";
    }

    private static string Duration(double seconds) => TimeSpan.FromSeconds(seconds) switch
    {
        { TotalMinutes: < 2 } time => FormattableString.Invariant($"{time.TotalSeconds:0} s"),
        { TotalHours: < 2 } time => FormattableString.Invariant($"{time.TotalMinutes:0.#} min"),
        var time => FormattableString.Invariant($"{time.TotalHours:0.#} h"),
    };
}
