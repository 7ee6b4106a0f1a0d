namespace Detr.Data;

/// <summary>Where a split in Pascal VOC's format lies.</summary>
/// <param name="All">The annotations of all splits, which together tell the categories.</param>
/// <param name="Split">The annotations that the split should have.</param>
/// <param name="ImagesFolder">Where the photographs are.</param>
internal sealed record VocLayout(IReadOnlyList<string> All, IReadOnlyList<string> Split, string ImagesFolder)
{
    private const string Annotations = "*.xml";

    /// <summary>
    /// Finds a split: a list in <c>ImageSets/Main</c>, or a folder of its own with photographs and annotations side by
    /// side; where there are no lists, all annotations are for training.
    /// </summary>
    /// <returns>The layout, or null where there is none.</returns>
    internal static VocLayout? Find(string folder, string split)
    {
        string annotations = Path.Combine(folder, "Annotations"), lists = Path.Combine(folder, "ImageSets", "Main");
        string list = Path.Combine(lists, $"{split}.txt"), own = Path.Combine(folder, split);
        if (Directory.Exists(annotations) && File.Exists(list))
        {
            return new VocLayout(Files(annotations), [.. Names(list).Select(name => Path.Combine(annotations, $"{name}.xml"))], Images(folder));
        }

        if (Directory.Exists(own) && Files(own) is { Length: > 0 } files)
        {
            return new VocLayout([.. Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal).SelectMany(Files)], files, own);
        }

        return split == "train" && Directory.Exists(annotations) && !Directory.Exists(lists) && Files(annotations) is { Length: > 0 } all
            ? new VocLayout(all, all, Images(folder))
            : null;
    }

    private static string[] Files(string folder) => [.. Directory.EnumerateFiles(folder, Annotations).Order(StringComparer.Ordinal)];

    /// <summary>The names of a list, each once; a class's own list has a second column, which says whether the class is there.</summary>
    private static IEnumerable<string> Names(string list)
        => File.ReadLines(list).Select(line => line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries).FirstOrDefault(string.Empty))
            .Where(name => name.Length > 0).Distinct(StringComparer.Ordinal);

    private static string Images(string folder)
    {
        string usual = Path.Combine(folder, "JPEGImages"), other = Path.Combine(folder, "images");
        return !Directory.Exists(usual) && Directory.Exists(other) ? other : usual;
    }
}
