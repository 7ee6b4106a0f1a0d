using System.CommandLine;
using Detr.Data;
using Spectre.Console;

namespace Detr.Cli.Commands;

/// <summary><c>detr shapes</c>: a synthetic data set on disk.</summary>
internal static class ShapesCommand
{
    internal static Command Create()
    {
        Option<DirectoryInfo> output = new("--out") { Description = "The folder to write to.", Required = true };
        Option<int> count = new("--count") { Description = "How many scenes.", DefaultValueFactory = _ => 1000 };
        Option<ulong> seed = new("--seed") { Description = "Decides all scenes; the same seed gives the same pictures.", DefaultValueFactory = _ => 1 };
        Option<int> size = new("--size") { Description = "Pixels along each side.", DefaultValueFactory = _ => 128 };
        Option<string> split = new("--split") { Description = "The split's name.", DefaultValueFactory = _ => "train" };
        Command command = new("shapes", "Writes a synthetic data set in COCO's format: coloured shapes on textured grounds.") { output, count, seed, size, split };
        command.SetAction((parsed, cancellation) =>
        {
            int scenes = parsed.GetValue(count), side = parsed.GetValue(size);
            if (scenes < 1 || side is < 32 or > 4096)
            {
                throw new InputException("--count is at least 1, and --size from 32 to 4096.");
            }

            DirectoryInfo folder = parsed.GetRequiredValue(output);
            ShapesDataset dataset = new(scenes, parsed.GetValue(seed), new ShapesOptions { Size = side });
            AnsiConsole.Progress().Start(progress =>
            {
                ProgressTask task = progress.AddTask("Scenes", maxValue: scenes);
                ShapesWriter.Write(folder.FullName, parsed.GetRequiredValue(split), dataset, done => task.Value = done, cancellation);
            });
            AnsiConsole.MarkupLineInterpolated($"{scenes} scenes of {side} × {side} pixels are in {folder.FullName}.");
            return Task.FromResult(0);
        });
        return command;
    }
}
