using Detr.Imaging;

namespace Detr.Data;

/// <summary>Photographs annotated in COCO's object detection format (<c>instances_*.json</c> and a folder of pictures).</summary>
public sealed class CocoDataset : IDetectionDataset
{
    private readonly string _folder;
    private readonly ImageAnnotations[] _images;

    private CocoDataset(string folder, IReadOnlyList<Category> categories, ImageAnnotations[] images)
    {
        (_folder, Categories, _images) = (folder, categories, images);
    }

    /// <inheritdoc/>
    public int Count => _images.Length;

    /// <inheritdoc/>
    public IReadOnlyList<Category> Categories { get; }

    /// <summary>Reads the annotations; photographs are read when asked for.</summary>
    /// <param name="annotationsFile">The JSON file.</param>
    /// <param name="imagesFolder">Where the photographs lie.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">The file is not COCO JSON, or an annotation names an unknown image or category.</exception>
    public static CocoDataset Open(string annotationsFile, string imagesFolder)
    {
        CocoFile file = CocoJson.Read(
            annotationsFile, CocoFile.Json.Default.CocoFile, "COCO's detection format, which has images, annotations and categories; export the annotations again");
        return Index(file, annotationsFile, imagesFolder);
    }

    /// <inheritdoc/>
    public ImageAnnotations Annotations(int index) => _images[index];

    /// <inheritdoc/>
    public string FilePath(int index) => Path.Combine(_folder, _images[index].FileName);

    /// <inheritdoc/>
    public RgbImage Load(int index) => ImageFile.Read(FilePath(index));

    /// <summary>The same annotations with photographs from another folder.</summary>
    internal CocoDataset WithImagesIn(string folder) => new(folder, Categories, _images);

    private static CocoDataset Index(CocoFile file, string path, string imagesFolder)
    {
        Category[] categories = [.. file.Categories.Select(item => new Category(item.Id, item.Name)).OrderBy(item => item.Id)];
        Dictionary<long, int> categoryOf = [];
        foreach (Category category in categories)
        {
            if (!categoryOf.TryAdd(category.Id, categoryOf.Count))
            {
                throw new InvalidDataException($"{path} has category {category.Id} twice; give each category an id of its own.");
            }
        }

        Dictionary<long, List<ObjectAnnotation>> objectsOf = [];
        foreach (CocoFile.Image image in file.Images)
        {
            if (!objectsOf.TryAdd(image.Id, []))
            {
                throw new InvalidDataException($"{path} has image {image.Id} twice; give each image an id of its own.");
            }

            if (Path.IsPathRooted(image.FileName) || image.FileName.Split('/', '\\').Contains("..") || image.Width < 1 || image.Height < 1)
            {
                throw new InvalidDataException(
                    $"{path}: image {image.Id} ({image.FileName}, {image.Width} × {image.Height}) needs a file name inside the images' folder and a size.");
            }
        }

        foreach (CocoFile.Annotation item in file.Annotations)
        {
            if (!objectsOf.TryGetValue(item.ImageId, out List<ObjectAnnotation>? objects))
            {
                throw new InvalidDataException($"{path}: annotation {item.Id} is of image {item.ImageId}, which the file does not list; remove it or add the image.");
            }

            if (!categoryOf.TryGetValue(item.CategoryId, out int category))
            {
                throw new InvalidDataException(
                    $"{path}: annotation {item.Id} is of category {item.CategoryId}, which the file does not list; remove it or add the category.");
            }

            if (item.Box is not { Length: 4 } box)
            {
                throw new InvalidDataException($"{path}: annotation {item.Id} has a bbox of {item.Box?.Length ?? 0} numbers; a box is [x, y, width, height].");
            }

            objects.Add(new ObjectAnnotation(category, box[0], box[1], box[0] + box[2], box[1] + box[3])
            {
                Id = item.Id,
                IsCrowd = item.IsCrowd != 0,
                Area = item.Area ?? box[2] * box[3],
            });
        }

        ImageAnnotations[] images =
        [
            .. file.Images.OrderBy(image => image.Id)
                .Select(image => new ImageAnnotations(image.Id, image.FileName, image.Width, image.Height, objectsOf[image.Id])),
        ];
        return new CocoDataset(imagesFolder, categories, images);
    }
}
