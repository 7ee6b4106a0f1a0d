using System.Text.RegularExpressions;

namespace Detr.Data;

/// <summary>Where a split in COCO's format lies: its annotations and its photographs.</summary>
/// <param name="AnnotationsFile">The JSON file.</param>
/// <param name="ImagesFolders">Folders where the photographs may be, likeliest first.</param>
internal sealed partial record CocoLayout(string AnnotationsFile, IReadOnlyList<string> ImagesFolders)
{
    /// <summary>Other tasks of COCO's own downloads, which lie beside the boxes.</summary>
    private static readonly string[] OtherTasks = ["captions", "person_keypoints", "panoptic", "stuff", "image_info"];

    /// <summary>Finds a split: in <c>annotations</c>, beside the photographs, or in the folder itself.</summary>
    /// <returns>The layout, or null where there is none.</returns>
    /// <exception cref="InvalidDataException">Two files claim to be the split.</exception>
    internal static CocoLayout? Find(string folder, string split)
    {
        foreach (string place in new[] { Path.Combine(folder, "annotations"), folder })
        {
            string[] files = [.. JsonFiles(place).Where(file => IsOfSplit(file, split))];
            string[] instances = [.. files.Where(file => Path.GetFileName(file).StartsWith("instances_", StringComparison.OrdinalIgnoreCase))];
            if (Only(instances.Length > 0 ? instances : files, folder, split) is { } named)
            {
                string ownName = Path.GetFileNameWithoutExtension(named).Replace("instances_", string.Empty, StringComparison.OrdinalIgnoreCase);
                return new CocoLayout(named, [.. Folders(folder, ownName, split)]);
            }
        }

        string beside = Path.Combine(folder, split);
        return Only([.. JsonFiles(beside)], folder, split) is { } file ? new CocoLayout(file, [beside, Path.Combine(beside, "images")]) : null;
    }

    /// <summary>Opens the split with the first folder that has its first photograph.</summary>
    /// <param name="masks">Whether masks are wanted.</param>
    internal CocoDataset Open(bool masks)
    {
        CocoDataset dataset = CocoDataset.Open(AnnotationsFile, ImagesFolders[0], masks);
        if (dataset.Count == 0 || File.Exists(dataset.FilePath(0)))
        {
            return dataset;
        }

        string first = dataset.Annotations(0).FileName;
        return ImagesFolders.FirstOrDefault(folder => File.Exists(Path.Combine(folder, first))) is { } found ? dataset.WithImagesIn(found) : dataset;
    }

    /// <summary>Where a split's photographs may be, likeliest first.</summary>
    internal static IEnumerable<string> Folders(string folder, string ownName, string split)
    {
        foreach (string name in new[] { ownName, split }.Distinct(StringComparer.Ordinal))
        {
            yield return Path.Combine(folder, name);
            yield return Path.Combine(folder, "images", name);
        }

        yield return Path.Combine(folder, "images");
        yield return folder;
    }

    /// <summary>The only file of a split, or null where there is none.</summary>
    /// <exception cref="InvalidDataException">There are several.</exception>
    internal static string? Only(string[] files, string folder, string split) => files.Length switch
    {
        0 => null,
        1 => files[0],
        _ => throw new InvalidDataException(
            $"{folder} has {files.Length} annotation files of {split} ({string.Join(", ", files.Take(3).Select(Path.GetFileName))}); keep one of them."),
    };

    private static IEnumerable<string> JsonFiles(string folder) => Directory.Exists(folder)
        ? Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal)
            .Where(file => !OtherTasks.Any(task => Path.GetFileName(file).StartsWith(task, StringComparison.OrdinalIgnoreCase)))
        : [];

    /// <summary>Whether a file's name says the split: as its last part, or as a word that a year may follow (instances_train2017).</summary>
    internal static bool IsOfSplit(string file, string split)
    {
        string name = Path.GetFileNameWithoutExtension(file);
        return name.EndsWith($"_{split}", StringComparison.OrdinalIgnoreCase) || Words().Split(name).Any(word =>
            word.StartsWith(split, StringComparison.OrdinalIgnoreCase) && word.AsSpan(split.Length).IndexOfAnyExceptInRange('0', '9') < 0);
    }

    [GeneratedRegex("[^A-Za-z0-9]+")]
    private static partial Regex Words();
}
