using System.Globalization;
using Detr.Imaging;

namespace Detr.Data;

/// <summary>
/// Photographs annotated in Pascal VOC's format: <c>Annotations/*.xml</c>, <c>JPEGImages</c>, and lists of names in
/// <c>ImageSets/Main</c>. Categories are the names of all annotations of the folder in alphabetical order, numbered from
/// 1, so that every split knows the same ones.
/// </summary>
public sealed class VocDataset : IDetectionDataset
{
    private readonly string _folder;
    private readonly ImageAnnotations[] _images;

    private VocDataset(string folder, IReadOnlyList<Category> categories, ImageAnnotations[] images)
    {
        (_folder, Categories, _images) = (folder, categories, images);
    }

    /// <inheritdoc/>
    public int Count => _images.Length;

    /// <inheritdoc/>
    public IReadOnlyList<Category> Categories { get; }

    /// <summary>Reads the annotations; photographs are read when asked for.</summary>
    /// <param name="folder">The folder that holds Annotations, ImageSets and JPEGImages.</param>
    /// <param name="split">The list of names: ImageSets/Main/SPLIT.txt.</param>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="InvalidDataException">An annotation is missing or damaged.</exception>
    public static VocDataset Open(string folder, string split)
    {
        VocAnnotation[] all = [.. Directory.EnumerateFiles(Path.Combine(folder, "Annotations"), "*.xml").Order(StringComparer.Ordinal).Select(VocAnnotation.Read)];
        string[] names = [.. all.SelectMany(image => image.Objects).Select(item => item.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        Dictionary<string, VocAnnotation> annotationOf = all.ToDictionary(annotation => annotation.Name, StringComparer.Ordinal);

        string list = Path.Combine(folder, "ImageSets", "Main", $"{split}.txt");
        string imagesFolder = Path.Combine(folder, "JPEGImages");
        List<ImageAnnotations> images = [];
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (string line in File.ReadLines(list))
        {
            // A class's own list has a second column, which says whether the class is there.
            string name = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries).FirstOrDefault(string.Empty);
            if (name.Length == 0 || !seen.Add(name))
            {
                continue;
            }

            if (!annotationOf.TryGetValue(name, out VocAnnotation? annotation))
            {
                throw new InvalidDataException($"{list} names {name}, but there is no Annotations/{name}.xml; remove the line or add the file.");
            }

            images.Add(Index(annotation, images.Count + 1, FileName(imagesFolder, annotation), names));
        }

        return new VocDataset(imagesFolder, [.. names.Select((name, i) => new Category(i + 1, name))], [.. images]);
    }

    /// <inheritdoc/>
    public ImageAnnotations Annotations(int index) => _images[index];

    /// <inheritdoc/>
    public string FilePath(int index) => Path.Combine(_folder, _images[index].FileName);

    /// <inheritdoc/>
    public RgbImage Load(int index) => ImageFile.Read(FilePath(index));

    private static ImageAnnotations Index(VocAnnotation annotation, int imageId, string fileName, string[] names)
    {
        ObjectAnnotation[] objects =
        [
            .. annotation.Objects.Select((item, i) => new ObjectAnnotation(Array.BinarySearch(names, item.Name, StringComparer.Ordinal), item.X0, item.Y0, item.X1, item.Y1)
            {
                Id = (imageId * 1000L) + i + 1,
                IsCrowd = item.IsDifficult,
            }),
        ];
        return new ImageAnnotations(imageId, fileName, annotation.Width, annotation.Height, objects);
    }

    /// <summary>The picture's file: the annotation's own name for it where that exists, else the XML's name with a picture's extension.</summary>
    private static string FileName(string imagesFolder, VocAnnotation annotation)
    {
        string[] candidates = [annotation.FileName, $"{annotation.Name}.jpg", $"{annotation.Name}.jpeg", $"{annotation.Name}.png"];
        return candidates.FirstOrDefault(name => name.Length > 0 && Path.GetFileName(name) == name && File.Exists(Path.Combine(imagesFolder, name)))
            ?? string.Create(CultureInfo.InvariantCulture, $"{annotation.Name}.jpg");
    }
}
