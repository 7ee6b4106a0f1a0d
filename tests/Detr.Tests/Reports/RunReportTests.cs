using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Detr.Data;
using Detr.Data.Evaluation;
using Detr.Figures;
using Detr.Models;
using Detr.Reports;
using Detr.Training;

namespace Detr.Tests.Reports;

/// <summary>A run's page, table and event file: with no epoch, one, and thousands.</summary>
public sealed class RunReportTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("detr-run-report").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Before_the_first_epoch_there_is_a_page()
    {
        new RunReport(_folder, Log()) { Configuration = [("--data", "<cells>")] }.Begin();
        string page = Page();
        Assert.Contains("&lt;cells&gt;", page, StringComparison.Ordinal);
        Assert.Contains("data-growing", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<svg", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Epochs_and_evaluations_are_shown_and_written_as_a_table()
    {
        RunLog log = Log();
        RunReport report = new(_folder, log);
        for (int epoch = 0; epoch < 3; epoch++)
        {
            EpochReport done = Epoch(epoch, epoch == 1 ? Evaluation() : null);
            log.Append(done);
            report.Add(done, isOver: epoch == 2);
        }

        string page = Page();
        Assert.DoesNotContain("<html lang=\"en\" data-growing", page, StringComparison.Ordinal);
        Assert.Contains("after epoch 1", page, StringComparison.Ordinal);
        Assert.Contains("Gradient norm", page, StringComparison.Ordinal);
        Assert.Contains("Confusion", page, StringComparison.Ordinal);
        Assert.DoesNotContain("samples.png", page, StringComparison.Ordinal);

        string[][] table = [.. File.ReadLines(Path.Combine(_folder, "log.csv")).Select(line => line.Split(','))];
        Assert.Equal(4, table.Length);
        Assert.Equal(["", "1", ""], table[1..].Select(row => row[Array.IndexOf(table[0], "AP")]));
        Assert.Equal(["0", "1", "2"], table[1..].Select(row => row[Array.IndexOf(table[0], "epoch")]));
        Assert.DoesNotContain("APsmall", table[0]);
        Assert.Single(Directory.GetFiles(_folder, "events.out.tfevents.*"));
        Assert.Empty(Directory.GetFiles(_folder, "*.tmp"));

        File.WriteAllBytes(Path.Combine(_folder, "samples.png"), []);
        new RunReport(_folder, log).Begin();
        Assert.Contains("src=\"samples.png\"", Page(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_better_of_last_and_averaged_weights_is_shown()
    {
        RunLog log = Log();
        RunReport report = new(_folder, log);
        EpochReport first = Epoch(0, Evaluation(found: 1)) with { Averaged = Evaluation() }, second = Epoch(1, Evaluation(found: 1)) with { Averaged = Evaluation(found: 0) };
        log.Append(first);
        report.Add(first, isOver: false);
        Assert.Contains("after epoch 0, with the averaged weights.", Page(), StringComparison.Ordinal);
        log.Append(second);
        report.Add(second, isOver: true);
        string page = Page();
        Assert.Contains("On the validation split, after epoch 1. ", page, StringComparison.Ordinal);
        Assert.Contains("<span>Best AP</span><strong>1.000</strong><small>after epoch 0: best.safetensors</small>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<span>AP</span><strong>1.000</strong>", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Thousands_of_epochs_stay_a_small_page()
    {
        File.WriteAllLines(Path.Combine(_folder, "log.txt"), Enumerable.Range(0, 5000).Select(epoch => string.Create(
            CultureInfo.InvariantCulture, $$"""{"train_loss":{{20.0 / (1 + epoch)}},"train_loss_ce":{{2.0 / (1 + epoch)}},"train_loss_ce_0":1,"train_lr":0.0001,"train_grad_norm":3,"train_box_spread":0.2,"train_loss_dice":1,"epoch":{{epoch}},"steps":{{epoch * 9}},"seconds":1}""")));
        new RunReport(_folder, Log()).Begin();
        string page = Page();
        Assert.Contains("Spread of boxes", page, StringComparison.Ordinal);
        Assert.Contains("loss dice", page, StringComparison.Ordinal);
        Assert.InRange(page.Length, 10_000, 300_000);
        Assert.All(Regex.Matches(page, "<svg.*?</svg>", RegexOptions.Singleline), match => XElement.Parse(match.Value));
    }

    [Fact]
    public void History_leaves_out_what_there_is_no_figure_of()
    {
        File.WriteAllText(Path.Combine(_folder, "log.txt"), """{"train_loss":3,"epoch":4,"test_coco_eval_bbox":[0.5,0.75,-1],"test_averaged_coco_eval_bbox":[0.625],"other":[1]}""" + "\n\n");
        RunHistory history = RunHistory.Read(Path.Combine(_folder, "log.txt"));
        Assert.Equal(["averaged_AP", "epoch", "train_loss", "AP", "AP50"], history.Names);
        Assert.Equal([0.625], history.Series("averaged_AP").Values);
        Assert.Equal(([4.0], [0.75]), history.Series("AP50"), EqualityComparer<(double[], double[])>.Create((a, b) => a.Item1.SequenceEqual(b.Item1) && a.Item2.SequenceEqual(b.Item2), _ => 0));
        Assert.Empty(history.Series("AP75").Values);
    }

    [Fact]
    public void Panoptic_quality_is_logged_compared_by_and_shown()
    {
        RunLog log = Log();
        PanopticSummary Summary(double all) => new(new PanopticQuality(all, 0.8, 0.7, 3), new PanopticQuality(0.25, 0.5, 0.5, 2), new PanopticQuality(null, null, null, 0), []);
        EvaluationResult last = Evaluation(found: 1) with { Panoptic = Summary(0.5) };
        EpochReport report = Epoch(0, last) with { Averaged = last with { Panoptic = Summary(0.625) } };
        Assert.True(report.IsAveragedBetter);
        Assert.Equal(0.625, report.Better!.Quality);
        log.Append(report);
        new RunReport(_folder, log).Add(report, isOver: true);
        RunHistory history = RunHistory.Read(log.Path);
        Assert.Equal([0.5], history.Series("PQ_all").Values);
        Assert.Equal([0.625], history.Series("averaged_PQ_all").Values);
        Assert.Equal([0.25], history.Series("PQ_th").Values);
        Assert.Empty(history.Series("PQ_st").Values);
        Assert.Contains("Panoptic quality", Page(), StringComparison.Ordinal);
        Assert.Contains(TrainingCurves.Panoptic(history).Series, series => series.Y.SequenceEqual([0.625]));
    }

    private RunLog Log() => new(Path.Combine(_folder, "log.txt"), 77);

    private string Page() => File.ReadAllText(Path.Combine(_folder, "report.html"));

    private static EpochReport Epoch(int epoch, EvaluationResult? evaluation)
    {
        MeanLosses losses = new(new CriterionOptions());
        losses.Add(new TrainingProgress(epoch, epoch + 1, new Dictionary<string, float>(StringComparer.Ordinal) { ["loss"] = 3, ["loss_ce"] = 1, ["loss_ce_0"] = 1.5f, ["class_error"] = 90 }, 0.5, 1e-4f, TimeSpan.FromSeconds(epoch)));
        return new EpochReport(epoch, epoch + 1, TimeSpan.FromSeconds(epoch), losses, evaluation);
    }

    private static EvaluationResult Evaluation(int? found = null)
    {
        ShapesDataset scenes = SmallModel.Scenes(3);
        TrueObject[] truth =
        [
            .. Enumerable.Range(0, scenes.Count).Select(scenes.Annotations).SelectMany(image => image.Objects.Select(item => new TrueObject(
                image.Id, scenes.Categories[item.Category].Id, new ResultBox(item.X0, item.Y0, item.X1 - item.X0, item.Y1 - item.Y0), 2000, IsCrowd: false))),
        ];
        DetectionResult[] detections = [.. truth.Take(found ?? truth.Length).Select(item => new DetectionResult(item.ImageId, item.CategoryId, item.Box, 0.9))];
        return new EvaluationResult(CocoEvaluator.Evaluate(truth, detections, truth.Select(item => item.ImageId), scenes.Categories.Select(category => category.Id)), detections, scenes);
    }
}
