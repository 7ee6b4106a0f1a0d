namespace Detr.Data;

/// <summary>Where a split in COCO's panoptic format lies: its JSON, its PNGs and its photographs.</summary>
/// <param name="AnnotationsFile">The JSON file.</param>
/// <param name="MapsFolder">The folder of PNGs.</param>
/// <param name="ImagesFolders">Folders where the photographs may be, likeliest first.</param>
internal sealed record PanopticLayout(string AnnotationsFile, string MapsFolder, IReadOnlyList<string> ImagesFolders)
{
    private const string Prefix = "panoptic_";

    /// <summary>Finds a split: panoptic_SPLIT.json, and the PNGs in a folder of that name beside it or in the data set's.</summary>
    /// <returns>The layout, or null where there is none.</returns>
    /// <exception cref="InvalidDataException">Two files claim to be the split.</exception>
    internal static PanopticLayout? Find(string folder, string split)
    {
        foreach (string place in new[] { Path.Combine(folder, "annotations"), folder })
        {
            string[] files = Directory.Exists(place)
                ? [.. Directory.EnumerateFiles(place, $"{Prefix}*.json").Order(StringComparer.Ordinal).Where(file => CocoLayout.IsOfSplit(file, split))]
                : [];
            if (CocoLayout.Only(files, folder, split) is { } file)
            {
                string name = Path.GetFileNameWithoutExtension(file), beside = Path.Combine(place, name), above = Path.Combine(folder, name);
                return new PanopticLayout(file, Directory.Exists(beside) || !Directory.Exists(above) ? beside : above, [.. CocoLayout.Folders(folder, name[Prefix.Length..], split)]);
            }
        }

        return null;
    }

    /// <summary>Opens the split with the first folder that has its first photograph.</summary>
    internal PanopticDataset Open()
    {
        PanopticDataset dataset = PanopticDataset.Open(AnnotationsFile, MapsFolder, ImagesFolders[0]);
        return dataset.Count > 0 && ImagesFolders.FirstOrDefault(folder => File.Exists(Path.Combine(folder, dataset.Annotations(0).FileName))) is { } found
            ? dataset.WithImagesIn(found)
            : dataset;
    }
}
