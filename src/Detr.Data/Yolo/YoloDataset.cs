using Detr.Imaging;

namespace Detr.Data;

/// <summary>
/// Photographs labelled in YOLO's format: a text file for each, under <c>labels</c> as the picture is under <c>images</c>. A
/// photograph without one is background. An object's <see cref="ObjectAnnotation.Id"/> is its line, from 1.
/// </summary>
public sealed class YoloDataset : IDetectionDataset
{
    private const long LargestLabelFile = 1 << 24;
    private static readonly EnumerationOptions Inside = new() { RecurseSubdirectories = true, MaxRecursionDepth = 8 };
    private readonly string[] _paths;
    private readonly ImageAnnotations[] _images;

    private YoloDataset(IReadOnlyList<Category> categories, string[] paths, ImageAnnotations[] images, IReadOnlyList<DatasetDefect> defects)
        => (Categories, _paths, _images, Defects) = (categories, paths, images, defects);

    /// <inheritdoc/>
    public int Count => _images.Length;

    /// <inheritdoc/>
    public IReadOnlyList<Category> Categories { get; }

    /// <inheritdoc/>
    public IReadOnlyList<DatasetDefect> Defects { get; }

    /// <summary>Reads the labels, and of each photograph the header, as labels are in shares of its size.</summary>
    /// <param name="place">The data set's folder, or its yaml.</param>
    /// <param name="split">The split.</param>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="InvalidDataException">There is no such split, or nothing names the classes.</exception>
    public static YoloDataset Open(string place, string split)
        => Open(YoloLayout.Find(place, split) ?? throw new InvalidDataException($"{place} has no split {split} in YOLO's format; it wants images/{split} and labels/{split}, or a data.yaml that says where they are."));

    /// <inheritdoc/>
    public ImageAnnotations Annotations(int index) => _images[index];

    /// <inheritdoc/>
    public string FilePath(int index) => _paths[index];

    /// <inheritdoc/>
    public RgbImage Load(int index) => ImageFile.Read(_paths[index]);

    internal static YoloDataset Open(YoloLayout layout)
    {
        if (layout.Categories is not { Count: > 0 } categories)
        {
            throw new InvalidDataException($"Nothing in {layout.Folder} names its classes; add names to data.yaml, or a classes.txt with one name a line.");
        }

        string[] pictures = [.. layout.Sources.SelectMany(source => Pictures(layout.Folder, source)).Distinct(StringComparer.Ordinal)];
        string[] labels = [.. pictures.Select(YoloLayout.LabelFile)];
        DatasetDefect[] unlabelled = pictures.Length == 0 || labels.Any(File.Exists)
            ? []
            : [new DatasetDefect(DefectKind.UnreadableAnnotation, string.Empty, $"none of the {pictures.Length} photographs has labels; those of {pictures[0]} should be {labels[0]}")];
        (int Width, int Height, List<ObjectAnnotation> Objects, List<DatasetDefect> Defects)[] read =
            [.. Enumerable.Range(0, pictures.Length).AsParallel().AsOrdered().Select(i => Read(layout, categories, pictures[i], labels[i]))];
        int[] kept = [.. Enumerable.Range(0, pictures.Length).Where(i => read[i].Width > 0)];
        ImageAnnotations[] images = [.. kept.Select((i, place) => new ImageAnnotations(place + 1, Relative(layout.Folder, pictures[i]), read[i].Width, read[i].Height, read[i].Objects))];
        return new YoloDataset(categories, [.. kept.Select(i => pictures[i])], images, [.. unlabelled, .. read.SelectMany(item => item.Defects), .. Orphans(layout, labels)]);
    }

    private static IEnumerable<string> Pictures(string folder, string source)
    {
        if (Directory.Exists(source))
        {
            return Directory.EnumerateFiles(source, "*", Inside).Where(YoloLayout.IsPicture).Order(StringComparer.Ordinal);
        }

        if (!File.Exists(source))
        {
            throw new InvalidDataException($"There is no {source}, where the data set in {folder} should have photographs; correct the path in its yaml.");
        }

        string beside = Path.GetDirectoryName(source)!;
        return File.ReadLines(source).Select(line => line.Trim()).Where(line => line.Length > 0).Select(line => Path.GetFullPath(Path.Combine(beside, line)));
    }

    private static (int Width, int Height, List<ObjectAnnotation> Objects, List<DatasetDefect> Defects) Read(
        YoloLayout layout, IReadOnlyList<Category> categories, string picture, string label)
    {
        List<DatasetDefect> defects = [];
        string name = Relative(layout.Folder, picture), labelName = Relative(layout.Folder, label);
        if (PictureHeader.Read(picture, name, defects) is not { } info)
        {
            return (0, 0, [], defects);
        }

        if (!File.Exists(label))
        {
            return (info.Width, info.Height, [], defects);
        }

        try
        {
            if (new FileInfo(label).Length > LargestLabelFile)
            {
                throw new IOException($"{labelName} is too large for one picture's labels.");
            }

            return (info.Width, info.Height, YoloLabels.Read(File.ReadLines(label), labelName, info.Width, info.Height, categories, layout.KeypointValues, defects), defects);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            defects.Add(new DatasetDefect(DefectKind.UnreadableAnnotation, labelName, error.Message.TrimEnd('.')));
            return (info.Width, info.Height, [], defects);
        }
    }

    /// <summary>Labels in the folders of labels whose photograph is not there.</summary>
    private static IEnumerable<DatasetDefect> Orphans(YoloLayout layout, string[] labels)
    {
        HashSet<string> used = [.. labels];
        return layout.Sources.Where(Directory.Exists).Select(YoloLayout.InLabels).Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder!, "*.txt", Inside)).Where(file => !used.Contains(file) && !YoloNames.IsNameFile(file)).Order(StringComparer.Ordinal)
            .Select(file => Relative(layout.Folder, file))
            .Select(file => new DatasetDefect(DefectKind.LabelWithoutImage, file, $"{file} labels a photograph that is not there"));
    }

    private static string Relative(string folder, string path) => Path.GetRelativePath(folder, path).Replace('\\', '/');
}
