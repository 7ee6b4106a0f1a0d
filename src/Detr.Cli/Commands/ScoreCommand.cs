using System.CommandLine;
using Detr.Data;
using Detr.Data.Evaluation;
using Detr.Imaging;
using Detr.Reports;

namespace Detr.Cli.Commands;

/// <summary><c>detr score</c>: COCO's evaluator alone.</summary>
internal static class ScoreCommand
{
    internal static Command Create()
    {
        Option<FileInfo> truth = new("--ground-truth") { Description = "Annotations in COCO's format.", Required = true };
        Option<FileInfo> detections = new("--detections") { Description = "Detections in COCO's results format.", Required = true };
        Option<string> type = new("--type") { Description = "What is scored: bbox or segm.", DefaultValueFactory = _ => EvaluationJson.Boxes };
        type.AcceptOnlyFromAmong(EvaluationJson.Boxes, EvaluationJson.Masks);
        Option<string?> json = JsonTarget.CreateOption();
        Option<double?> threshold = ThresholdOption.Create();
        Option<DirectoryInfo?> output = new("--out") { Description = "A folder for report.html, evaluation.json, tables as CSV and charts as PNG." };
        Option<DirectoryInfo?> images = new("--images") { Description = "The folder of the pictures that the annotations name, for the page of --out." };
        Command command = new DocumentedCommand("score", "Scores detections, whoever made them, exactly as COCO's own evaluator does.")
        {
            Options = { truth, detections, type, json, output, images, threshold },
            Examples =
            [
                ("what detr eval --out wrote, or any other program", "score --ground-truth instances_val.json --detections detections.json"),
                ("a page with curves, confusion matrix and the worst pictures", "score --ground-truth instances_val.json --detections detections.json --out scored --images val2017"),
                ("masks, as JSON", "score --ground-truth instances_val.json --detections masks.json --type segm --json -"),
            ],
        };
        command.SetAction((parsed, cancellation) =>
        {
            string kind = parsed.GetRequiredValue(type);
            string? target = parsed.GetValue(json);
            JsonTarget.Prepare(target);
            CocoScore score = CocoScoring.Score(
                parsed.GetRequiredValue(truth).FullName, parsed.GetRequiredValue(detections).FullName, kind == EvaluationJson.Masks ? EvaluationKind.Mask : EvaluationKind.Box);
            string? pictures = parsed.GetValue(images)?.FullName;
            ScoredEvaluation evaluation = new(score.Summary, score.Categories, parsed.GetValue(threshold))
            {
                Picture = id => pictures is not null && score.FileNames[id] is { } name ? ImageFile.Read(Path.Combine(pictures, name)) : null,
                PictureName = id => score.FileNames[id] ?? FormattableString.Invariant($"image {id}"),
            };
            if (target != JsonTarget.StandardOutput)
            {
                EvaluationTables.Write(evaluation);
            }

            if (target is not null)
            {
                EvaluationJson.Write(target, evaluation, kind);
            }

            if (parsed.GetValue(output)?.FullName is { } folder)
            {
                EvaluationFolder.Write(folder, parsed.GetRequiredValue(detections).Name, $"Scored against {parsed.GetRequiredValue(truth).Name}, {kind}.", evaluation, kind, null, cancellation);
            }

            return Task.FromResult(0);
        });
        return command;
    }
}
