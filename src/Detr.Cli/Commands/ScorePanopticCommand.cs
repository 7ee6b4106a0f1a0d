using System.CommandLine;
using Detr.Data;
using Spectre.Console;

namespace Detr.Cli.Commands;

/// <summary><c>detr score-panoptic</c>: panoptic quality alone.</summary>
internal static class ScorePanopticCommand
{
    private const int Percent = 100;

    internal static Command Create()
    {
        Option<FileInfo> truth = new("--ground-truth") { Description = "The true segments: JSON in COCO's panoptic format.", Required = true };
        Option<DirectoryInfo> truthMaps = new("--ground-truth-dir") { Description = "The folder of their PNGs.", Required = true };
        Option<FileInfo> predictions = new("--predictions") { Description = "The predicted segments, in the same format.", Required = true };
        Option<DirectoryInfo> predictedMaps = new("--predictions-dir") { Description = "The folder of their PNGs.", Required = true };
        Option<string?> json = JsonTarget.CreateOption();
        Command command = new DocumentedCommand("score-panoptic", "Scores panoptic segmentations, whoever made them, exactly as COCO's own evaluator does.")
        {
            Options = { truth, truthMaps, predictions, predictedMaps, json },
            Examples =
            [
                ("panoptic quality, over all categories and of each", "score-panoptic --ground-truth panoptic_val2017.json --ground-truth-dir panoptic_val2017 --predictions panoptic.json --predictions-dir panoptic"),
            ],
            Notes = ["Each picture of the ground truth needs a prediction, be it without segments. A PNG's colour is its segment's id, R + 256 G + 65536 B; 0 is void."],
        };
        command.SetAction((parsed, cancellation) =>
        {
            string? target = parsed.GetValue(json);
            JsonTarget.Prepare(target);
            FileInfo truthFile = parsed.GetRequiredValue(truth);
            PanopticScore score = ProgressBar.Run("Scoring", Percent, progress => PanopticScoring.Score(
                truthFile.FullName, Existing("--ground-truth-dir", parsed.GetRequiredValue(truthMaps)),
                parsed.GetRequiredValue(predictions).FullName, Existing("--predictions-dir", parsed.GetRequiredValue(predictedMaps)),
                (done, all) => progress?.Invoke((int)((long)Percent * done / all)), cancellation));
            if (score.Ignored > 0)
            {
                Console.Error.WriteLine($"{score.Ignored} predictions are of pictures that {truthFile.Name} does not list; they do not count.");
            }

            if (target != JsonTarget.StandardOutput)
            {
                AnsiConsole.Write(PanopticTables.Figures(score.Summary));
                AnsiConsole.Write(PanopticTables.PerCategory(score.Summary));
            }

            if (target is not null)
            {
                PanopticQualityJson.Write(target, score.Summary);
            }

            return Task.FromResult(0);
        });
        return command;
    }

    private static string Existing(string option, DirectoryInfo folder)
        => folder.Exists ? folder.FullName : throw new InputException($"{option} {folder} is no folder; name the one with the PNGs.");
}
