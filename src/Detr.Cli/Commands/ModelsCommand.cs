using System.CommandLine;
using System.CommandLine.Completions;
using System.Globalization;
using Detr.Models;
using Spectre.Console;

namespace Detr.Cli.Commands;

/// <summary><c>detr models</c>: which weights are published, and which of them are here.</summary>
internal static class ModelsCommand
{
    internal static Command Create()
    {
        Option<string?> download = new("--download") { HelpName = "NAME", Description = "Fetches these weights now, unless they are there." };
        download.CompletionSources.Add(_ => ModelZoo.All.Select(model => new CompletionItem(model.Name)));
        Option<string?> json = JsonTarget.CreateOption();
        Command command = new DocumentedCommand("models", "Lists the weights that DETR's authors published, and fetches them.")
        {
            Options = { download, json },
            Examples =
            [
                ("what there is, what it scores, and what is here", "models"),
                ("get the base model before going offline", $"models --download {Weights.Default}"),
            ],
            Notes =
            [
                Weights.Note,
                $"The environment variable {WeightsFetch.MirrorVariable} names another address to fetch from, HTTPS_PROXY a proxy. A download that was stopped goes on where it was.",
            ],
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            string? target = parsed.GetValue(json);
            JsonTarget.Prepare(target);
            if (parsed.GetValue(download) is { } name)
            {
                PublishedModel wanted = ModelZoo.Find(name) ?? throw new InputException($"No weights are published under the name {name}; there are {Weights.Names()}.");
                string path = await WeightsFetch.RunAsync(wanted, cancellation).ConfigureAwait(false);
                if (target is null)
                {
                    AnsiConsole.MarkupLineInterpolated($"{wanted.Name} is {path}");
                    return 0;
                }
            }

            WeightsCache cache = WeightsCache.ForUser();
            List<(PublishedModel Model, CachedState State)> models = [];
            foreach (PublishedModel model in ModelZoo.All)
            {
                models.Add((model, await cache.InspectAsync(model, cancellation).ConfigureAwait(false)));
            }

            if (target is not null)
            {
                JsonTarget.Write(target, writer => ModelsJson.Write(writer, cache, models));
            }

            if (target != JsonTarget.StandardOutput)
            {
                Print(cache, models);
            }

            return 0;
        });
        return command;
    }

    private static void Print(WeightsCache cache, IEnumerable<(PublishedModel Model, CachedState State)> models)
    {
        Table table = new Table()
            .AddColumn(new TableColumn("name").NoWrap())
            .AddColumn(new TableColumn("box AP").RightAligned())
            .AddColumn(new TableColumn("PQ").RightAligned())
            .AddColumn(new TableColumn("MB").RightAligned())
            .AddColumn("file")
            .AddColumn("SHA-256")
            .AddColumn("in the cache");
        foreach ((PublishedModel model, CachedState state) in models)
        {
            table.AddRow(
                model.Name, Number(model.BoxAP, "F1"), Number(model.PanopticQuality, "F1"), Number(model.Megabytes, "F0"), model.FileName, $"{model.HashStart}…", Text(state));
        }

        AnsiConsole.Write(table);
        AnsiConsole.MarkupLineInterpolated($"Box AP and PQ (panoptic quality) are the published ones on COCO val 2017, in per cent. The weights' licence is that of the authors' code, {ModelZoo.License}.");
        AnsiConsole.MarkupLineInterpolated($"The cache is {cache.Folder}");
        AnsiConsole.MarkupLineInterpolated($"Give a name as --weights, or fetch it now: detr models --download {Weights.Default}");
    }

    private static string Number(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? string.Empty;

    private static string Text(CachedState state) => state switch
    {
        CachedState.Absent => string.Empty,
        CachedState.Partial => "in part",
        CachedState.Damaged => "damaged",
        _ => "whole",
    };
}
