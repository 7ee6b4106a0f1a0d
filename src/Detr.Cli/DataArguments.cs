using System.CommandLine;
using Detr.Data;
using Spectre.Console;

namespace Detr.Cli;

/// <summary>The options that say which pictures, for every command that reads a data set.</summary>
internal sealed class DataArguments
{
    internal const int DefaultSceneSize = 128;
    private const int DefectsNamed = 5;

    internal Option<string> Data { get; } = new("--data")
    {
        Description = "A folder of labelled photographs in COCO's, Pascal VOC's or YOLO's format, or shapes for generated scenes (shapes:new for other shapes and colours, shapes:stuff for grounds that are segments, too).", DefaultValueFactory = _ => GeneratedData.Name,
    };

    internal Option<DatasetFormat> Format { get; } = CreateFormat();

    internal Option<int?> SceneSize { get; } = new("--scene-size") { Description = $"Pixels along each side of a generated scene; {DefaultSceneSize} unless given." };

    internal static Option<DatasetFormat> CreateFormat() => new("--format") { HelpName = "auto, coco, panoptic, voc or yolo", Description = "The folder's format; found by itself unless given.", DefaultValueFactory = _ => DatasetFormat.Auto };

    internal bool IsGenerated(ParseResult parsed) => GeneratedData.IsName(parsed.GetRequiredValue(Data));

    /// <summary>Opens a split and looks it through.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="split">The split.</param>
    /// <param name="generatedCount">How many scenes, where they are generated.</param>
    /// <param name="masks">Whether objects' masks are needed.</param>
    /// <exception cref="InputException">Something is wrong with it.</exception>
    internal IDetectionDataset Open(ParseResult parsed, string split, int generatedCount, bool masks = false)
    {
        string data = parsed.GetRequiredValue(Data);
        if (IsGenerated(parsed))
        {
            return GeneratedData.Open(data, split, generatedCount, parsed.GetValue(SceneSize) ?? DefaultSceneSize);
        }

        IDetectionDataset dataset = DatasetLocator.Open(data, split, parsed.GetValue(Format), masks);
        if (dataset.Count == 0)
        {
            throw new InputException($"{data} has no photographs in its split {split}.");
        }

        return masks && dataset.Masks(0) is null
            ? throw new InputException($"{data} has no masks; --masks needs data in COCO's format, whose objects have polygons or run-length codes.")
            : Checked(dataset, $"{data}, {split}");
    }

    /// <summary>Opens a split if the data set has it.</summary>
    internal IDetectionDataset? TryOpen(ParseResult parsed, string split, int generatedCount)
        => IsGenerated(parsed) || DatasetLocator.Exists(parsed.GetRequiredValue(Data), split, parsed.GetValue(Format)) ? Open(parsed, split, generatedCount) : null;

    private static IDetectionDataset Checked(IDetectionDataset dataset, string name)
    {
        IReadOnlyList<DatasetDefect> defects = DatasetCheck.Run(dataset);
        DatasetDefect[] grave = [.. defects.Where(defect => !defect.IsHarmless)], harmless = [.. defects.Where(defect => defect.IsHarmless)];
        if (grave.Length > 0)
        {
            throw new InputException($"{name}: {Named(grave)}; correct or remove {(grave.Length == 1 ? "it" : "them")} and start again (detr data lists all that is wrong).");
        }

        if (harmless.Length > 0)
        {
            Console.Error.WriteLine($"{name}: {Named(harmless)}.");
        }

        return dataset;
    }

    private static string Named(DatasetDefect[] defects)
        => string.Join("; ", defects.Take(DefectsNamed).Select(defect => defect.Description)) + (defects.Length > DefectsNamed ? $"; and {defects.Length - DefectsNamed} more like these" : string.Empty);
}
