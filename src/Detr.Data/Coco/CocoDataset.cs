using Detr.Imaging;

namespace Detr.Data;

/// <summary>
/// Photographs annotated in COCO's object detection format (<c>instances_*.json</c> and a folder of pictures). Ids of
/// images and categories are the file's, with their gaps; where one of a kind is text, all of that kind are numbered from 1
/// in the file's order.
/// </summary>
public sealed class CocoDataset : IDetectionDataset
{
    private readonly string _folder;
    private readonly CocoIndexer _index;

    private CocoDataset(string folder, CocoIndexer index) => (_folder, _index) = (folder, index);

    /// <inheritdoc/>
    public int Count => _index.Images.Length;

    /// <inheritdoc/>
    public IReadOnlyList<Category> Categories => _index.Categories;

    /// <inheritdoc/>
    public IReadOnlyList<DatasetDefect> Defects => _index.Defects;

    /// <summary>Reads the annotations; photographs are read when asked for.</summary>
    /// <param name="annotationsFile">The JSON file.</param>
    /// <param name="imagesFolder">Where the photographs lie.</param>
    /// <param name="masks">Whether masks are wanted; objects without one are then left out as defects, but for crowds.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">The file is not COCO's JSON.</exception>
    public static CocoDataset Open(string annotationsFile, string imagesFolder, bool masks = false)
    {
        CocoFile file = CocoJson.Read(
            annotationsFile, (masks ? CocoFile.Json.WithMasks : CocoFile.Json.Default).CocoFile,
            "COCO's detection format, which has images, annotations and categories; export the annotations again",
            file => [file.Images, file.Annotations, file.Categories]);
        return new CocoDataset(imagesFolder, new CocoIndexer(file, Path.GetFileName(annotationsFile), masks));
    }

    /// <inheritdoc/>
    public ImageAnnotations Annotations(int index) => _index.Images[index];

    /// <inheritdoc/>
    public IReadOnlyList<RunLengthMask>? Masks(int index) => _index.Masks(index);

    /// <inheritdoc/>
    public string FilePath(int index) => Path.Combine(_folder, _index.Images[index].FileName);

    /// <inheritdoc/>
    public RgbImage Load(int index) => ImageFile.Read(FilePath(index));

    /// <summary>The same annotations with photographs from another folder.</summary>
    internal CocoDataset WithImagesIn(string folder) => new(folder, _index);
}
