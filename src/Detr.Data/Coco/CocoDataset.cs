using System.Globalization;
using System.Text.Json;
using Detr.Imaging;

namespace Detr.Data;

/// <summary>Photographs annotated in COCO's object detection format (<c>instances_*.json</c> and a folder of pictures).</summary>
public sealed class CocoDataset : IDetectionDataset
{
    private readonly string folder;
    private readonly ImageAnnotations[] images;

    private CocoDataset(string folder, IReadOnlyList<Category> categories, ImageAnnotations[] images)
    {
        this.folder = folder;
        this.images = images;
        Categories = categories;
    }

    /// <inheritdoc/>
    public int Count => images.Length;

    /// <inheritdoc/>
    public IReadOnlyList<Category> Categories { get; }

    /// <summary>Reads the annotations; photographs are read when asked for.</summary>
    /// <param name="annotationsFile">The JSON file.</param>
    /// <param name="imagesFolder">Where the photographs lie.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">The file is not COCO JSON, or an annotation names an unknown image or category.</exception>
    public static CocoDataset Open(string annotationsFile, string imagesFolder)
    {
        using FileStream stream = File.OpenRead(annotationsFile);
        try
        {
            using JsonDocument json = JsonDocument.Parse(stream);
            return Read(json.RootElement, annotationsFile, imagesFolder);
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{annotationsFile}, line {error.LineNumber + 1}, is not valid JSON; export the annotations again.", error);
        }
        catch (Exception error) when (error is KeyNotFoundException or InvalidOperationException or FormatException or OverflowException or IndexOutOfRangeException)
        {
            throw new InvalidDataException($"{annotationsFile} is not in COCO's detection format ({error.Message}); it needs images, annotations and categories.", error);
        }
    }

    /// <inheritdoc/>
    public ImageAnnotations Annotations(int index) => images[index];

    /// <inheritdoc/>
    public RgbImage Load(int index) => ImageFile.Read(Path.Combine(folder, images[index].FileName));

    private static CocoDataset Read(JsonElement root, string file, string imagesFolder)
    {
        Category[] categories =
        [
            .. root.GetProperty("categories").EnumerateArray()
                .Select(item => new Category(checked((int)Whole(item.GetProperty("id"))), item.GetProperty("name").GetString()!)).OrderBy(item => item.Id),
        ];
        Dictionary<long, int> categoryOf = [];
        foreach (Category category in categories)
        {
            if (!categoryOf.TryAdd(category.Id, categoryOf.Count))
            {
                throw new InvalidDataException($"{file} has category {category.Id} twice; give each category an id of its own.");
            }
        }

        Dictionary<long, List<ObjectAnnotation>> objectsOf = [];
        List<ImageAnnotations> listed = [];
        foreach (JsonElement item in root.GetProperty("images").EnumerateArray())
        {
            long id = Whole(item.GetProperty("id"));
            List<ObjectAnnotation> objects = [];
            if (!objectsOf.TryAdd(id, objects))
            {
                throw new InvalidDataException($"{file} has image {id} twice; give each image an id of its own.");
            }

            string name = item.GetProperty("file_name").GetString()!;
            int width = item.GetProperty("width").GetInt32(), height = item.GetProperty("height").GetInt32();
            if (Path.IsPathRooted(name) || name.Split('/', '\\').Contains("..") || width < 1 || height < 1)
            {
                throw new InvalidDataException($"{file}: image {id} ({name}, {width} × {height}) needs a file name inside the images' folder and a size.");
            }

            listed.Add(new ImageAnnotations(id, name, width, height, objects));
        }

        foreach (JsonElement item in root.GetProperty("annotations").EnumerateArray())
        {
            long id = Whole(item.GetProperty("id"));
            long image = Whole(item.GetProperty("image_id")), category = Whole(item.GetProperty("category_id"));
            if (!objectsOf.TryGetValue(image, out List<ObjectAnnotation>? objects))
            {
                throw new InvalidDataException($"{file}: annotation {id} is of image {image}, which the file does not list; remove it or add the image.");
            }

            if (!categoryOf.TryGetValue(category, out int index))
            {
                throw new InvalidDataException($"{file}: annotation {id} is of category {category}, which the file does not list; remove it or add the category.");
            }

            objects.Add(Annotate(item, id, index));
        }

        return new CocoDataset(imagesFolder, categories, [.. listed.OrderBy(image => image.Id)]);
    }

    private static ObjectAnnotation Annotate(JsonElement item, long id, int category)
    {
        JsonElement box = item.GetProperty("bbox");
        float x = box[0].GetSingle(), y = box[1].GetSingle(), width = box[2].GetSingle(), height = box[3].GetSingle();
        ObjectAnnotation annotation = new(category, x, y, x + width, y + height)
        {
            Id = id,
            IsCrowd = item.TryGetProperty("iscrowd", out JsonElement crowd) && Whole(crowd) != 0,
            Area = item.TryGetProperty("area", out JsonElement area) ? area.GetSingle() : width * height,
        };
        return annotation;
    }

    /// <summary>An id, which some tools write as text.</summary>
    private static long Whole(JsonElement value)
        => value.ValueKind == JsonValueKind.String ? long.Parse(value.GetString()!, CultureInfo.InvariantCulture) : value.GetInt64();
}
