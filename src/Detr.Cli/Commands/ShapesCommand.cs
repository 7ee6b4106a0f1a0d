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
        Option<bool> panoptic = new("--panoptic") { Description = "Grounds of several sorts, sand, water, grass and stone, and all segments in COCO's panoptic format besides." };
        Command command = new DocumentedCommand("shapes", "Writes a synthetic data set in COCO's format: coloured shapes on textured grounds.")
        {
            Options = { output, count, seed, size, split, panoptic },
            Examples =
            [
                ("a thousand scenes to train on", "shapes --out data/shapes --count 1000"),
                ("others to evaluate on: another seed, or they are the same", "shapes --out data/shapes --count 200 --split val --seed 2"),
                ("every pixel's segment, things and stuff", "shapes --out data/stuff --count 1000 --panoptic"),
                ("and a model of them", "train --data data/shapes --out runs/shapes --minutes 30"),
            ],
            Notes = ["Pictures go to OUT/SPLIT, boxes and masks to OUT/annotations/instances_SPLIT.json, panoptic segments to OUT/annotations/panoptic_SPLIT.json and the folder panoptic_SPLIT beside it. To train on generated scenes no files are needed: detr train makes them as it goes."],
        };
        command.SetAction((parsed, cancellation) =>
        {
            int scenes = parsed.GetValue(count), side = parsed.GetValue(size);
            if (scenes < 1 || side is < 32 or > 4096)
            {
                throw new InputException("--count is at least 1, and --size from 32 to 4096.");
            }

            DirectoryInfo folder = parsed.GetRequiredValue(output);
            ShapesDataset dataset = new(scenes, parsed.GetValue(seed), new ShapesOptions { Size = side, HasStuff = parsed.GetValue(panoptic) });
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
