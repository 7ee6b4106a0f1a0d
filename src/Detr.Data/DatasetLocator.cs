namespace Detr.Data;

/// <summary>Finds out how a folder of labelled photographs is laid out, and opens it.</summary>
public static class DatasetLocator
{
    private static readonly string[] UsualSplits = ["train", "val", "test"];

    // What data sets call a split that goes by another name elsewhere.
    private static readonly string[][] SameSplits = [["val", "valid", "validation"], ["train", "training"], ["test", "testing"]];

    /// <summary>Opens one split of a data set.</summary>
    /// <param name="folder">The data set's folder, or a YOLO data set's yaml.</param>
    /// <param name="split">The split: train, val, test, or what the data set calls it (train2017).</param>
    /// <param name="format">The layout; <see cref="DatasetFormat.Auto"/> finds it.</param>
    /// <param name="masks">Whether masks are wanted, which only COCO's formats have.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">The folder holds no such split, or its annotations are damaged.</exception>
    public static IDetectionDataset Open(string folder, string split, DatasetFormat format = DatasetFormat.Auto, bool masks = false)
    {
        return Find(folder, split, format)?.Invoke(masks) ?? throw new InvalidDataException(
            $"{folder} has no split {split}: {Missing(folder, split, format)}.");
    }

    /// <summary>Whether a folder holds a split.</summary>
    /// <param name="folder">The data set's folder, or a YOLO data set's yaml.</param>
    /// <param name="split">The split.</param>
    /// <param name="format">The layout.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">Two files or two formats claim to be the split.</exception>
    public static bool Exists(string folder, string split, DatasetFormat format = DatasetFormat.Auto) => Find(folder, split, format) is not null;

    /// <summary>The splits that a folder holds: of train, val and test those that are there, or trainval where none of the first two is.</summary>
    /// <param name="folder">The data set's folder, or a YOLO data set's yaml.</param>
    /// <param name="format">The layout.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">Two files or two formats claim to be one split.</exception>
    public static IReadOnlyList<string> Splits(string folder, DatasetFormat format = DatasetFormat.Auto)
    {
        string[] usual = [.. UsualSplits.Where(split => Exists(folder, split, format))];
        return (usual is [] or ["test"]) && Exists(folder, "trainval", format) ? ["trainval", .. usual] : usual;
    }

    private static Func<bool, IDetectionDataset>? Find(string folder, string split, DatasetFormat format)
    {
        bool isYaml = YoloLayout.IsYaml(folder);
        if (!isYaml && !Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"There is no folder {folder}; name the folder that holds the labelled photographs.");
        }

        if (split.AsSpan().ContainsAny('/', '\\') || split is "" or "..")
        {
            throw new InvalidDataException($"'{split}' is not a split's name; try train, val or test.");
        }

        string[] names = [split, .. SameSplits.Where(same => same.Contains(split)).SelectMany(same => same).Where(name => name != split)];
        return names.Select(name => FindNamed(folder, name, isYaml ? DatasetFormat.Yolo : format)).FirstOrDefault(found => found is not null);
    }

    private static Func<bool, IDetectionDataset>? FindNamed(string folder, string split, DatasetFormat format)
    {
        List<(DatasetFormat Format, Func<bool, IDetectionDataset> Open)> found = [];
        if (format is DatasetFormat.Auto or DatasetFormat.Coco && CocoLayout.Find(folder, split) is { } coco)
        {
            found.Add((DatasetFormat.Coco, coco.Open));
        }

        if (format is DatasetFormat.Auto or DatasetFormat.Voc && VocLayout.Find(folder, split) is { } voc)
        {
            found.Add((DatasetFormat.Voc, _ => VocDataset.Open(voc)));
        }

        if (format is DatasetFormat.Auto or DatasetFormat.Yolo && YoloLayout.Find(folder, split) is { } yolo)
        {
            found.Add((DatasetFormat.Yolo, _ => YoloDataset.Open(yolo)));
        }

        // COCO's own downloads have boxes and panoptic segments side by side; who wants the latter says so.
        if (found.Count == 0 && format is DatasetFormat.Auto or DatasetFormat.Panoptic && PanopticLayout.Find(folder, split) is { } panoptic)
        {
            found.Add((DatasetFormat.Panoptic, _ => panoptic.Open()));
        }

        return found.Count <= 1
            ? found.FirstOrDefault().Open
            : throw new InvalidDataException(
                $"{folder} holds {split} in {found.Count} formats; choose with {string.Join(" or ", found.Select(item => $"--format {item.Format.ToString().ToLowerInvariant()}"))}.");
    }

    private static string Missing(string folder, string split, DatasetFormat format)
    {
        string coco = $"COCO's format wants annotations/instances_{split}.json", voc = $"Pascal VOC's wants Annotations/*.xml and ImageSets/Main/{split}.txt";
        string yolo = $"YOLO's wants images/{split}, labels/{split} and a data.yaml";
        string panoptic = $"COCO's panoptic format wants annotations/panoptic_{split}.json and its PNGs in annotations/panoptic_{split}";
        string wanted = format switch { DatasetFormat.Coco => coco, DatasetFormat.Panoptic => panoptic, DatasetFormat.Voc => voc, DatasetFormat.Yolo => yolo, _ => $"{coco}, {voc}, {yolo}" };
        return File.Exists(folder) || Directory.EnumerateFileSystemEntries(folder).Any() ? wanted : $"it is empty; {wanted}";
    }
}
