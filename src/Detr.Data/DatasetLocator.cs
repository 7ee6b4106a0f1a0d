namespace Detr.Data;

/// <summary>Finds out how a folder of labelled photographs is laid out, and opens it.</summary>
public static class DatasetLocator
{
    /// <summary>Opens one split of a data set.</summary>
    /// <param name="folder">The data set's folder.</param>
    /// <param name="split">The split: train, val, test, or what the data set calls it (train2017).</param>
    /// <param name="format">The layout; <see cref="DatasetFormat.Auto"/> finds it.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">The folder holds no such split, or its annotations are damaged.</exception>
    public static IDetectionDataset Open(string folder, string split, DatasetFormat format = DatasetFormat.Auto)
    {
        return Find(folder, split, format)?.Invoke() ?? throw new InvalidDataException(
            $"{folder} has no split {split}: {Missing(folder, split, format)}.");
    }

    /// <summary>Whether a folder holds a split.</summary>
    /// <param name="folder">The data set's folder.</param>
    /// <param name="split">The split.</param>
    /// <param name="format">The layout.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">Two files claim to be the split.</exception>
    public static bool Exists(string folder, string split, DatasetFormat format = DatasetFormat.Auto) => Find(folder, split, format) is not null;

    private static Func<IDetectionDataset>? Find(string folder, string split, DatasetFormat format)
    {
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"There is no folder {folder}; name the folder that holds the labelled photographs.");
        }

        if (split.AsSpan().ContainsAny('/', '\\') || split is "" or "..")
        {
            throw new InvalidDataException($"'{split}' is not a split's name; try train, val or test.");
        }

        Func<IDetectionDataset>? coco = format is DatasetFormat.Auto or DatasetFormat.Coco && CocoLayout.Find(folder, split) is { } layout
            ? () => layout.Open()
            : null;
        bool isVoc = format is DatasetFormat.Auto or DatasetFormat.Voc
            && Directory.Exists(Path.Combine(folder, "Annotations")) && File.Exists(Path.Combine(folder, "ImageSets", "Main", $"{split}.txt"));
        if (coco is not null && isVoc)
        {
            throw new InvalidDataException($"{folder} holds both COCO's and Pascal VOC's annotations of {split}; choose with --format coco or --format voc.");
        }

        return isVoc ? () => VocDataset.Open(folder, split) : coco;
    }

    private static string Missing(string folder, string split, DatasetFormat format)
    {
        string coco = $"COCO's format wants annotations/instances_{split}.json", voc = $"Pascal VOC's wants Annotations/*.xml and ImageSets/Main/{split}.txt";
        string wanted = format switch { DatasetFormat.Coco => coco, DatasetFormat.Voc => voc, _ => $"{coco}, {voc}" };
        return Directory.EnumerateFileSystemEntries(folder).Any() ? wanted : $"it is empty; {wanted}";
    }
}
