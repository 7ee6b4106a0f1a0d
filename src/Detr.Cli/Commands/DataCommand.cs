using System.CommandLine;
using Detr.Cli.Training;
using Detr.Data;
using Detr.Figures;
using Spectre.Console;

namespace Detr.Cli.Commands;

/// <summary><c>detr data</c>: what a data set consists of, and what is wrong with it.</summary>
internal static class DataCommand
{
    private const int DefectsPrinted = 20;

    internal static Command Create()
    {
        Argument<string> place = new("folder") { HelpName = "FOLDER", Description = "A folder of labelled photographs in COCO's, Pascal VOC's or YOLO's format, or a YOLO data set's yaml." };
        Option<DatasetFormat> format = DataArguments.CreateFormat();
        Option<string[]> split = new("--split") { HelpName = "NAME", Description = "A split to look at, such as train2017; train, val and test unless given. May be given more than once." };
        Option<bool> decode = new("--decode") { Description = "Decodes every photograph, which takes longer and finds files that are cut off." };
        Option<int> queries = new("--num-queries") { Description = "Names photographs with more objects than this, which a model of so many queries cannot all find.", DefaultValueFactory = _ => 100 };
        Option<string?> json = JsonTarget.CreateOption();
        Option<DirectoryInfo?> output = new("--out") { Description = "A folder for charts of each split, and for grids of training pictures with their boxes as augmentation leaves them." };
        AugmentArguments augment = new();
        ResizeArguments resize = new("The largest short side of the training pictures of the grids; 800 unless given.");
        Option<int> samples = new("--samples") { Description = "How many training pictures a grid shows.", DefaultValueFactory = _ => 16 };
        Option<ulong> seed = new("--seed") { Description = "Decides which pictures, and their augmentation.", DefaultValueFactory = _ => 42 };
        DocumentedCommand command = new("data", "Looks a data set through: what it consists of, and everything that is wrong with it.")
        {
            Arguments = { place },
            Options = { format, split, decode, queries, json, output, samples, seed, resize.Size, resize.MaximumSize },
            Sections = [("Training pictures, under --out", samples)],
            Examples =
            [
                ("figures, and every defect by file and annotation", "data photos"),
                ("with charts, and grids of training pictures with their boxes", "data photos --out look --color-jitter 0.4"),
                ("everything as JSON; every photograph decoded", "data photos --decode --json report.json"),
            ],
            Notes =
            [
                "The exit code is 1 when training would be refused; harmless defects, such as boxes without area, are named and leave it 0.",
                "Photographs that are in two splits, byte for byte, are named: evaluation then praises what was learned by heart.",
            ],
        };
        foreach (Option option in augment.All)
        {
            command.Add(option);
        }

        command.SetAction((parsed, cancellation) =>
        {
            string folder = parsed.GetRequiredValue(place);
            string? target = parsed.GetValue(json);
            JsonTarget.Prepare(target);
            if (parsed.GetValue(queries) < 1 || parsed.GetValue(samples) is < 1 or > 400)
            {
                throw new InputException("--num-queries is at least 1, and --samples from 1 to 400.");
            }

            string[] names = parsed.GetValue(split) is { Length: > 0 } given ? given : [.. DatasetLocator.Splits(folder, parsed.GetValue(format))];
            if (names.Length == 0)
            {
                // Says what each format wants.
                _ = DatasetLocator.Open(folder, "train", parsed.GetValue(format));
            }

            DatasetCheckOptions options = new() { Decode = parsed.GetValue(decode), Queries = parsed.GetValue(queries) };
            List<DatasetReport> reports = [.. names.Distinct().Select(name => Check(name, DatasetLocator.Open(folder, name, parsed.GetValue(format)), options, cancellation))];
            IReadOnlyList<DatasetDefect> across = SplitCheck.Run([.. reports.Select(report => (report.Split, report.Dataset))], cancellation);
            if (target != JsonTarget.StandardOutput)
            {
                Print(folder, reports, across);
            }

            if (target is not null)
            {
                JsonTarget.Write(target, writer => DatasetReport.Write(writer, reports, across));
            }

            if (parsed.GetValue(output)?.FullName is { } pictures)
            {
                (int? size, int? maximum) = resize.Read(parsed);
                ResizeShortSide shape = new(size ?? 800, maximum ?? (size ?? 800) * 5 / 3);
                Draw(target, pictures, reports, dataset => augment.Loader(parsed, dataset, isGenerated: false, shape, parsed.GetValue(queries), 1, parsed.GetValue(seed)), parsed.GetValue(samples));
            }

            return Task.FromResult(reports.TrueForAll(report => report.IsSound) ? 0 : Runner.BadInput);
        });
        return command;
    }

    private static DatasetReport Check(string split, IDetectionDataset dataset, DatasetCheckOptions options, CancellationToken cancellation)
    {
        IReadOnlyList<DatasetDefect> defects = ProgressBar.Run($"Checking {split}", dataset.Count, progress => DatasetCheck.Run(dataset, options, progress, cancellation));
        return new DatasetReport(split, dataset, DatasetStatistics.Of(dataset), defects);
    }

    private static void Print(string folder, List<DatasetReport> reports, IReadOnlyList<DatasetDefect> across)
    {
        AnsiConsole.MarkupLineInterpolated($"{folder} is in the format {reports[0].Format}, with {string.Join(", ", reports.Select(report => report.Split))}.");
        AnsiConsole.Write(DatasetTables.Figures(reports));
        AnsiConsole.Write(DatasetTables.Categories(reports));
        foreach (DatasetReport report in reports)
        {
            Print(report.Split, "grave: training refuses the data", [.. report.Defects.Where(defect => !defect.IsHarmless)]);
            Print(report.Split, "harmless", [.. report.Defects.Where(defect => defect.IsHarmless)]);
        }

        Print("between splits", "harmless", across);
        if (across.Count == 0 && reports.TrueForAll(report => report.Defects.Count == 0))
        {
            AnsiConsole.MarkupLine("Nothing is wrong with it.");
        }
    }

    private static void Print(string place, string kind, IReadOnlyList<DatasetDefect> defects)
    {
        if (defects.Count == 0)
        {
            return;
        }

        AnsiConsole.MarkupLineInterpolated($"{place}, {kind} ({defects.Count:N0}):");
        foreach (DatasetDefect defect in defects.Take(DefectsPrinted))
        {
            AnsiConsole.MarkupLineInterpolated($"  {defect.Description}");
        }

        if (defects.Count > DefectsPrinted)
        {
            AnsiConsole.MarkupLineInterpolated($"  and {defects.Count - DefectsPrinted:N0} more; --json lists all");
        }
    }

    private static void Draw(string? target, string folder, List<DatasetReport> reports, Func<IDetectionDataset, BatchLoader> loader, int samples)
    {
        Directory.CreateDirectory(folder);
        foreach (DatasetReport report in reports.Where(report => report.Dataset.Count > 0))
        {
            PngFile.Write(DatasetFigure.Draw(report.Statistics), Path.Combine(folder, $"{report.Split}-figures.png"));
            if (report.IsSound)
            {
                PngFile.Write(SampleGrid.Draw([.. loader(report.Dataset).Samples(0, samples)], report.Dataset.Categories), Path.Combine(folder, $"{report.Split}-samples.png"));
            }
        }

        if (target != JsonTarget.StandardOutput)
        {
            AnsiConsole.MarkupLineInterpolated($"Charts, and grids of training pictures where there is no grave defect, are in {folder}.");
        }
    }
}
