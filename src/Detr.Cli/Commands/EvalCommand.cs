using System.CommandLine;
using Detr.Data;
using Detr.Data.Evaluation;
using Detr.Models;
using Detr.Reports;
using Detr.Tensors;
using Detr.Training;
using Spectre.Console;

namespace Detr.Cli.Commands;

/// <summary><c>detr eval</c>: COCO's figures of a model.</summary>
internal static class EvalCommand
{
    internal static Command Create()
    {
        DataArguments data = new();
        Option<string> split = new("--split") { Description = "Which part of the data: train, val, test, or what the data set calls it.", DefaultValueFactory = _ => "val" };
        Option<string> type = new("--type") { Description = "What is scored: bbox, or segm, which needs a model with a mask head and data with masks.", DefaultValueFactory = _ => EvaluationJson.Boxes };
        type.AcceptOnlyFromAmong(EvaluationJson.Boxes, EvaluationJson.Masks);
        Option<int> count = new("--count") { Description = "How many generated scenes.", DefaultValueFactory = _ => 500 };
        Option<string?> weights = Weights.CreateOption();
        ResizeArguments resize = new();
        Option<int?> threads = ThreadsOption.Create();
        Option<string?> json = JsonTarget.CreateOption();
        Option<DirectoryInfo?> output = new("--out") { Description = "A folder for report.html, evaluation.json, detections.json (COCO's results format), tables as CSV and charts as PNG." };
        Option<double?> threshold = ThresholdOption.Create();
        DocumentedCommand command = new("eval", "Runs a model over a data set: COCO's average precision and recall, each category's, what was taken for what, and what was missed.")
        {
            Options = { weights, data.Data, split, data.Format, type, output, json, threshold, resize.Size, resize.MaximumSize, threads, count, data.SceneSize },
            Examples =
            [
                ("a published model on COCO: the folder has annotations/ and val2017/", "eval --data coco --split val --weights detr_resnet50"),
                ("a model of one's own on data of one's own, COCO or Pascal VOC", "eval --data photos --weights runs/cells/model.safetensors"),
                ("what detr train made of generated scenes, on scenes it never saw", "eval --weights runs/shapes/model.safetensors"),
                ("a page with curves, confusion matrix and the worst pictures: results/report.html; the figures as JSON", "eval --data photos --weights runs/cells/best.safetensors --out results --json -"),
            ],
            Notes =
            [
                "Average precision (AP) is from 0 to 1 and higher is better: the share of detections that are right, over all shares of objects found, the mean over categories and over how closely a box has to fit.",
                Weights.Note,
            ],
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(weights) is null && GeneratedData.IsName(result.GetValue(data.Data) ?? GeneratedData.Name))
            {
                result.AddError("Give --weights, a model that detr train made of generated scenes, or --data, a folder of photographs; published weights know nothing of generated scenes.");
            }
        });
        command.SetAction(async (parsed, cancellation) =>
        {
            int? threadCount = ThreadsOption.Read(parsed, threads);

            (int? size, int? maximum) = resize.Read(parsed);
            JsonTarget.Prepare(parsed.GetValue(json));
            string kind = parsed.GetRequiredValue(type);
            IDetectionDataset dataset = data.Open(parsed, parsed.GetRequiredValue(split), parsed.GetValue(count), kind == EvaluationJson.Masks);
            string path = await Weights.ResolveAsync(parsed.GetValue(weights), cancellation).ConfigureAwait(false);
            (DetrModel model, IReadOnlyList<Category> categories) = ModelFile.Load(path, deferred: true);
            if (kind == EvaluationJson.Masks && model.MaskHead is null)
            {
                throw new InputException($"{path} finds boxes and makes no masks, so that --type {EvaluationJson.Masks} has nothing to score.");
            }

            using CpuBackend backend = new(threadCount);
            CategoryMatch match = new(categories, dataset.Categories);
            if (match.Unknown.Count > 0)
            {
                Console.Error.WriteLine($"The model does not know {string.Join(", ", match.Unknown.Select(category => category.Name))}; it cannot find them.");
            }

            ResizeShortSide shape = model.Options.Resize(size, maximum);
            EvaluationResult result = ProgressBar.Run("Pictures", dataset.Count, progress => kind == EvaluationJson.Masks
                ? MaskEvaluation.Evaluate(model, categories, dataset, shape, backend, progress, cancellation)
                : ModelEvaluation.Evaluate(model, categories, dataset, shape, backend, progress, cancellation));
            ScoredEvaluation evaluation = ScoredEvaluation.Of(result, parsed.GetValue(threshold));
            PanopticSummary? panoptic = model.MaskHead is not null && dataset is IPanopticDataset segments
                ? ProgressBar.Run("Segments", dataset.Count, progress => PanopticEvaluation.Evaluate(
                    model, categories, segments, shape, backend, PanopticMerge.UsualThreshold, progress, cancellation))
                : null;
            Report(evaluation, kind, panoptic, parsed.GetValue(json));
            if (parsed.GetValue(output)?.FullName is { } folder)
            {
                EvaluationFolder.Write(folder, $"{Path.GetFileName(path)} on {Name(data, parsed)}, {parsed.GetRequiredValue(split)}", FormattableString.Invariant($"{dataset.Count:N0} pictures, {dataset.Categories.Count} categories."), evaluation, kind, panoptic, cancellation);
                CocoResults.Write(Path.Combine(folder, "detections.json"), result.Detections);
            }

            return 0;
        });
        return command;
    }

    /// <summary>A name that is as good as the folder's: a relative path may be nothing but a dot.</summary>
    private static string Name(DataArguments data, ParseResult parsed)
        => data.IsGenerated(parsed) ? "generated scenes" : new DirectoryInfo(parsed.GetRequiredValue(data.Data)).Name;

    private static void Report(ScoredEvaluation evaluation, string kind, PanopticSummary? panoptic, string? target)
    {
        if (target != JsonTarget.StandardOutput)
        {
            EvaluationTables.Write(evaluation);
            if (panoptic is not null)
            {
                AnsiConsole.Write(PanopticTables.Figures(panoptic));
                AnsiConsole.Write(PanopticTables.PerCategory(panoptic));
            }
        }

        if (target is not null)
        {
            EvaluationJson.Write(target, evaluation, kind, panoptic);
        }
    }
}
