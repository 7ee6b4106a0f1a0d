using System.CommandLine;
using Detr.Data;
using Detr.Data.Evaluation;
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
        Option<string> data = new("--data") { Description = "The data: shapes for generated scenes.", DefaultValueFactory = _ => GeneratedData.Name };
        Option<string> split = new("--split") { Description = "Which part of the data.", DefaultValueFactory = _ => "val" };
        Option<int> count = new("--count") { Description = "How many generated scenes.", DefaultValueFactory = _ => 500 };
        Option<int> size = new("--size") { Description = "Pixels along each side of a generated scene.", DefaultValueFactory = _ => 128 };
        Option<FileInfo> weights = new("--weights") { Description = "The model.", Required = true };
        Option<int?> threads = new("--threads") { Description = "Threads; all processors unless given." };
        Option<string?> json = new("--json") { Description = "Writes the figures as JSON to this file; - for standard output, where then nothing else is printed." };
        Command command = new("eval", "Runs a model over a data set and prints COCO's average precision and recall.") { data, split, count, size, weights, threads, json };
        command.SetAction((parsed, cancellation) =>
        {
            ShapesDataset dataset = GeneratedData.Open(parsed.GetRequiredValue(data), parsed.GetRequiredValue(split), parsed.GetValue(count), parsed.GetValue(size));
            (DetrModel model, _) = ModelFile.Load(parsed.GetRequiredValue(weights).FullName);
            using CpuBackend backend = new(parsed.GetValue(threads));
            EvaluationSummary summary = ModelEvaluation.Evaluate(model, dataset, backend, null, cancellation).Summary;
            string? target = parsed.GetValue(json);
            if (target != "-")
            {
                Print(summary, dataset.Categories);
            }

            if (target is not null)
            {
                EvaluationJson.Write(target, summary, dataset.Categories);
            }

            return Task.FromResult(0);
        });
        return command;
    }

    internal static void Print(EvaluationSummary summary, IReadOnlyList<Category> categories)
    {
        Table table = new Table().AddColumn("figure").AddColumn(new TableColumn("value").RightAligned());
        foreach ((string name, double? value) in EvaluationJson.Figures(summary))
        {
            table.AddRow(name, Text(value));
        }

        AnsiConsole.Write(table);
        Table perCategory = new Table().AddColumn("category").AddColumn(new TableColumn("AP").RightAligned());
        foreach (Category category in categories)
        {
            perCategory.AddRow(Markup.Escape(category.Name), Text(summary.PerCategory[category.Id]));
        }

        AnsiConsole.Write(perCategory);
    }

    private static string Text(double? value) => value is { } number ? FormattableString.Invariant($"{number:F3}") : "n/a: no ground truth";
}
