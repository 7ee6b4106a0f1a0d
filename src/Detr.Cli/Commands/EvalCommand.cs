using System.CommandLine;
using Detr.Data;
using Detr.Models;
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
        Option<int> count = new("--count") { Description = "How many generated scenes.", DefaultValueFactory = _ => 500 };
        Option<FileInfo> weights = new("--weights") { Description = "The model.", Required = true };
        Option<int?> size = new("--size") { Description = "The short side that pictures are brought to; the model's own unless given." };
        Option<int?> maximum = new("--max-size") { Description = "The long side's limit." };
        Option<int?> threads = new("--threads") { Description = "Threads; all processors unless given." };
        Option<string?> json = new("--json") { Description = "Writes the figures as JSON to this file; - for standard output, where then nothing else is printed." };
        Option<DirectoryInfo?> output = new("--out") { Description = "A folder for detections.json (COCO's results format) and evaluation.json." };
        Command command = new("eval", "Runs a model over a data set and prints COCO's average precision and recall.") { split, count, weights, size, maximum, threads, json, output };
        data.AddTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            if (parsed.GetValue(size) < 1 || parsed.GetValue(maximum) < 1 || parsed.GetValue(threads) < 1)
            {
                throw new InputException("--size, --max-size and --threads are at least 1.");
            }

            IDetectionDataset dataset = data.Open(parsed, parsed.GetRequiredValue(split), parsed.GetValue(count));
            (DetrModel model, IReadOnlyList<Category> categories) = ModelFile.Load(parsed.GetRequiredValue(weights).FullName);
            using CpuBackend backend = new(parsed.GetValue(threads));
            CategoryMatch match = new(categories, dataset.Categories);
            if (match.Unknown.Count > 0)
            {
                Console.Error.WriteLine($"The model does not know {string.Join(", ", match.Unknown.Select(category => category.Name))}; it cannot find them.");
            }

            EvaluationResult result = ProgressBar.Run("Pictures", dataset.Count, progress => ModelEvaluation.Evaluate(
                model, categories, dataset, model.Options.Resize(parsed.GetValue(size), parsed.GetValue(maximum)), backend, progress, cancellation));
            Report(result, dataset.Categories, parsed.GetValue(json), parsed.GetValue(output)?.FullName);
            return Task.FromResult(0);
        });
        return command;
    }

    private static void Report(EvaluationResult result, IReadOnlyList<Category> categories, string? target, string? folder)
    {
        if (target != "-")
        {
            AnsiConsole.Write(EvaluationTables.Figures(result.Summary));
            AnsiConsole.Write(EvaluationTables.PerCategory(result.Summary, categories));
        }

        if (target is not null)
        {
            EvaluationJson.Write(target, result.Summary, categories);
        }

        if (folder is not null)
        {
            Directory.CreateDirectory(folder);
            EvaluationJson.Write(Path.Combine(folder, "evaluation.json"), result.Summary, categories);
            ResultsJson.Write(Path.Combine(folder, "detections.json"), result.Detections);
        }
    }
}
