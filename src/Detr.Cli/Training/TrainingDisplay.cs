using Detr.Training;
using Spectre.Console;

namespace Detr.Cli.Training;

/// <summary>Shows a training as it goes: a bar for who looks on, else a line every hundred steps; a line an evaluation either way.</summary>
internal sealed class TrainingDisplay(Trainer trainer, int stepsPerEpoch, CollapseWatch collapse)
{
    private const int StepsPerLine = 100;
    private double _sum;
    private int _steps;
    private double _seconds;
    private ProgressTask? _task;

    internal void Run(Action work)
    {
        if (!AnsiConsole.Profile.Capabilities.Interactive || Console.IsOutputRedirected)
        {
            work();
            return;
        }

        AnsiConsole.Progress()
            .Columns(new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn(), new TaskDescriptionColumn())
            .Start(progress =>
            {
                _task = progress.AddTask("training", maxValue: 1);
                work();
            });
    }

    internal void OnStep(TrainingProgress progress)
    {
        collapse.Add(progress);
        _sum += progress.Losses["loss"];
        _steps++;
        string text = FormattableString.Invariant(
            $"epoch {progress.Epoch} step {progress.Step} loss {_sum / _steps:F3} rate {progress.LearningRate:g2} {(progress.Elapsed.TotalSeconds - _seconds) / _steps:F3} s a step");
        if (_task is not null)
        {
            _task.Value = trainer.Done;
            _task.Description = Markup.Escape($"{text} of {stepsPerEpoch} an epoch");
        }

        if (progress.Step % StepsPerLine == 0)
        {
            if (_task is null)
            {
                Console.WriteLine(text);
            }

            (_sum, _steps, _seconds) = (0, 0, progress.Elapsed.TotalSeconds);
        }
    }

    internal void OnEpoch(EpochReport report)
    {
        string[] figures = [.. Figures(string.Empty, report.Evaluation), .. Figures("averaged weights ", report.Averaged)];
        if (figures.Length > 0)
        {
            AnsiConsole.MarkupLineInterpolated(
                $"after epoch {report.Epoch}, {report.Elapsed.TotalMinutes:F1} minutes: loss {report.Losses["loss"]:F3}, {string.Join("; ", figures)}");
        }

        if (collapse.EndEpoch() is { } spread)
        {
            Console.Error.WriteLine(FormattableString.Invariant(
                $"In epoch {report.Epoch} all queries gave nearly the same box (they spread over {spread:P1} of a picture): the model has collapsed, or has not begun to learn; a lower --lr or more --warmup-steps helps where this stays."));
        }
    }

    private static IEnumerable<string> Figures(string weights, EvaluationResult? evaluation)
        => evaluation?.Panoptic is { } panoptic ? [FormattableString.Invariant($"{weights}PQ {panoptic.All.PQ:F3}, things {panoptic.Things.PQ:F3}, stuff {panoptic.Stuff.PQ:F3}")]
            : evaluation?.Summary is { } summary ? [FormattableString.Invariant($"{weights}AP {summary.AP:F3}, AP50 {summary.AP50:F3}, AP75 {summary.AP75:F3}")]
            : [];
}
