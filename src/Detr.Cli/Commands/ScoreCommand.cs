using System.CommandLine;
using Detr.Data;
using Detr.Data.Evaluation;
using Spectre.Console;

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
        Command command = new DocumentedCommand("score", "Scores detections, whoever made them, exactly as COCO's own evaluator does.")
        {
            Options = { truth, detections, type, json },
            Examples =
            [
                ("what detr eval --out wrote, or any other program", "score --ground-truth instances_val.json --detections detections.json"),
                ("masks, as JSON", "score --ground-truth instances_val.json --detections masks.json --type segm --json -"),
            ],
        };
        command.SetAction(parsed =>
        {
            string kind = parsed.GetRequiredValue(type);
            string? target = parsed.GetValue(json);
            JsonTarget.Prepare(target);
            (EvaluationSummary summary, IReadOnlyList<Category> categories) = CocoScoring.Score(
                parsed.GetRequiredValue(truth).FullName, parsed.GetRequiredValue(detections).FullName, kind == EvaluationJson.Masks ? EvaluationKind.Mask : EvaluationKind.Box);
            if (target != JsonTarget.StandardOutput)
            {
                AnsiConsole.Write(EvaluationTables.Figures(summary));
                AnsiConsole.Write(EvaluationTables.PerCategory(summary, categories));
            }

            if (target is not null)
            {
                EvaluationJson.Write(target, summary, categories, kind);
            }

            return 0;
        });
        return command;
    }
}
