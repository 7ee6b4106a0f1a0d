using Detr.Imaging;

namespace Detr.Data;

/// <summary>
/// Photographs annotated in Pascal VOC's format: an XML file for each, in <c>Annotations</c> with lists of names in
/// <c>ImageSets/Main</c>, or beside the photographs. Categories are the names of all annotations in alphabetical order,
/// numbered from 1, so that every split knows the same ones. An object's <see cref="ObjectAnnotation.Id"/> is its place in the
/// XML, from 1.
/// </summary>
public sealed class VocDataset : IDetectionDataset
{
    private static readonly string[] PictureExtensions = [".jpg", ".jpeg", ".png", ".JPG", ".bmp"];
    private readonly string _folder;
    private readonly ImageAnnotations[] _images;

    private VocDataset(string folder, IReadOnlyList<Category> categories, ImageAnnotations[] images, IReadOnlyList<DatasetDefect> defects)
    {
        (_folder, Categories, _images, Defects) = (folder, categories, images, defects);
    }

    /// <inheritdoc/>
    public int Count => _images.Length;

    /// <inheritdoc/>
    public IReadOnlyList<Category> Categories { get; }

    /// <inheritdoc/>
    public IReadOnlyList<DatasetDefect> Defects { get; }

    /// <summary>Reads the annotations; photographs are read when asked for, but for the size of one whose annotation has none.</summary>
    /// <param name="folder">The folder that holds Annotations, ImageSets and JPEGImages, or a folder for each split.</param>
    /// <param name="split">The split: ImageSets/Main/SPLIT.txt or the folder SPLIT.</param>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="InvalidDataException">There is no such split.</exception>
    public static VocDataset Open(string folder, string split) => Open(VocLayout.Find(folder, split)
        ?? throw new InvalidDataException($"{folder} has no split {split} in Pascal VOC's format; it wants Annotations/*.xml and ImageSets/Main/{split}.txt."));

    /// <inheritdoc/>
    public ImageAnnotations Annotations(int index) => _images[index];

    /// <inheritdoc/>
    public string FilePath(int index) => Path.Combine(_folder, _images[index].FileName);

    /// <inheritdoc/>
    public RgbImage Load(int index) => ImageFile.Read(FilePath(index));

    internal static VocDataset Open(VocLayout layout)
    {
        Dictionary<string, VocAnnotation> annotationOf = layout.All.ToDictionary(path => path, VocAnnotation.Read, StringComparer.Ordinal);
        string[] names = [.. annotationOf.Values.SelectMany(image => image.Objects).Select(item => item.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        List<ImageAnnotations> images = [];
        List<DatasetDefect> defects = [];
        foreach (string path in layout.Split)
        {
            if (!annotationOf.TryGetValue(path, out VocAnnotation? annotation))
            {
                defects.Add(new DatasetDefect(DefectKind.UnreadableAnnotation, Path.GetFileName(path), $"the list of images names {Path.GetFileNameWithoutExtension(path)}, but there is no {path}"));
                continue;
            }

            defects.AddRange(annotation.Defects);
            string fileName = FileName(layout.ImagesFolder, annotation);
            if (annotation.IsReadable && Size(annotation, Path.Combine(layout.ImagesFolder, fileName), defects) is (int width, int height))
            {
                images.Add(new ImageAnnotations(images.Count + 1, fileName, width, height, Objects(annotation, names)));
            }
        }

        return new VocDataset(layout.ImagesFolder, [.. names.Select((name, i) => new Category(i + 1, name))], [.. images], defects);
    }

    /// <summary>The picture's size: the annotation's, or the file's where some tools write none.</summary>
    private static (int Width, int Height)? Size(VocAnnotation annotation, string path, List<DatasetDefect> defects)
    {
        if (annotation.Width > 0 && annotation.Height > 0)
        {
            return (annotation.Width, annotation.Height);
        }

        return PictureHeader.Read(path, Path.GetFileName(path), defects) is { } info ? (info.Width, info.Height) : null;
    }

    private static ObjectAnnotation[] Objects(VocAnnotation annotation, string[] names) =>
    [
        .. annotation.Objects.Select((item, i) => new ObjectAnnotation(Array.BinarySearch(names, item.Name, StringComparer.Ordinal), item.X0, item.Y0, item.X1, item.Y1)
        {
            Id = i + 1,
            IsCrowd = item.IsDifficult,
        }),
    ];

    /// <summary>The picture's file: the annotation's own name for it where that exists, else the XML's name with a picture's extension.</summary>
    private static string FileName(string imagesFolder, VocAnnotation annotation)
    {
        IEnumerable<string> candidates = [annotation.FileName, .. PictureExtensions.Select(extension => annotation.Name + extension)];
        return candidates.FirstOrDefault(name => name.Length > 0 && Path.GetFileName(name) == name && File.Exists(Path.Combine(imagesFolder, name))) ?? $"{annotation.Name}.jpg";
    }
}
