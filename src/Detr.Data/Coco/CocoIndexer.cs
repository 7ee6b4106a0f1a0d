namespace Detr.Data;

/// <summary>Puts a file of COCO's format in order: objects to their images, ids to places. What does not fit is left out and named.</summary>
internal sealed class CocoIndexer
{
    private readonly string _name;
    private readonly List<DatasetDefect> _defects = [];
    private readonly Dictionary<CocoId, int> _categoryOf = [];
    private readonly Dictionary<CocoId, List<ObjectAnnotation>> _objectsOf = [];
    private readonly Dictionary<CocoId, List<CocoSegmentation?>> _segmentationsOf = [];
    private readonly List<CocoSegmentation?>[]? _segmentations;

    /// <summary>Indexes a file.</summary>
    /// <param name="file">The file's contents.</param>
    /// <param name="name">What defects call it.</param>
    /// <param name="masks">Whether objects need masks.</param>
    internal CocoIndexer(CocoFile file, string name, bool masks)
    {
        _name = name;
        Categories = IndexCategories(file.Categories);
        List<CocoImage> images = [.. file.Images.Where(IsUsable)];
        Dictionary<CocoId, long> numbers = CocoId.Numbers(images.Select(image => image.Id), long.MaxValue);
        IndexObjects(file.Annotations, masks);
        CocoImage[] ordered = [.. images.OrderBy(image => numbers[image.Id])];
        Images = [.. ordered.Select(image => new ImageAnnotations(numbers[image.Id], image.FileName!, (int)image.Width, (int)image.Height, _objectsOf[image.Id]))];
        _segmentations = masks ? [.. ordered.Select(image => _segmentationsOf[image.Id])] : null;
    }

    /// <summary>The masks of an image's objects, in their order; null where none are wanted.</summary>
    internal RunLengthMask[]? Masks(int index)
    {
        if (_segmentations is null)
        {
            return null;
        }

        ImageAnnotations image = Images[index];
        return [.. _segmentations[index].Select((segmentation, i) => Mask(segmentation, image, image.Objects[i].Id))];
    }

    private static RunLengthMask Mask(CocoSegmentation? segmentation, ImageAnnotations image, long id)
    {
        try
        {
            return segmentation?.ToMask(image.Height, image.Width) ?? RunLengthMask.FromRuns(image.Height, image.Width, []);
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"annotation {id} {error.Message.TrimEnd('.')}", error);
        }
    }

    internal IReadOnlyList<Category> Categories { get; }

    internal ImageAnnotations[] Images { get; }

    internal IReadOnlyList<DatasetDefect> Defects => _defects;

    private Category[] IndexCategories(List<CocoCategory> listed)
    {
        List<CocoCategory> known = [];
        HashSet<CocoId> seen = [];
        foreach (CocoCategory item in listed)
        {
            if (seen.Add(item.Id))
            {
                known.Add(item);
            }
            else
            {
                Report(DefectKind.RepeatedId, $"{_name} has category {item.Id} twice");
            }
        }

        Dictionary<CocoId, long> numbers = CocoId.Numbers(known.Select(item => item.Id), int.MaxValue);
        known.Sort((first, second) => numbers[first.Id].CompareTo(numbers[second.Id]));
        foreach (CocoCategory item in known)
        {
            _categoryOf.Add(item.Id, _categoryOf.Count);
        }

        return [.. known.Select(item => new Category((int)numbers[item.Id], item.Label))];
    }

    private bool IsUsable(CocoImage image)
    {
        string name = image.FileName ?? string.Empty;
        if (!FileNames.IsInside(name) || !image.HasSize)
        {
            Report(DefectKind.UnreadableAnnotation, $"image {image.Id} of {_name} ('{name}', {image.Width} × {image.Height}) needs a file name inside the images' folder and a size");
            return false;
        }

        _segmentationsOf.TryAdd(image.Id, []);
        if (!_objectsOf.TryAdd(image.Id, []))
        {
            Report(DefectKind.RepeatedId, $"{_name} has image {image.Id} twice", name);
            return false;
        }

        return true;
    }

    private void IndexObjects(List<CocoFile.Annotation> annotations, bool masks)
    {
        HashSet<CocoId> seen = [];
        bool haveIds = annotations.Exists(item => item.Id != default);
        for (int i = 0; i < annotations.Count; i++)
        {
            CocoFile.Annotation item = annotations[i];
            if (haveIds && !seen.Add(item.Id))
            {
                Report(DefectKind.RepeatedAnnotationId, $"{_name} has annotation {item.Id} twice");
            }

            if (!_objectsOf.TryGetValue(item.ImageId, out List<ObjectAnnotation>? objects))
            {
                Report(DefectKind.UnknownImage, $"annotation {item.Id} of {_name} is of image {item.ImageId}, which the file does not list");
            }
            else if (!_categoryOf.TryGetValue(item.CategoryId, out int category))
            {
                Report(DefectKind.UnknownCategory, $"annotation {item.Id} of {_name} is of category {item.CategoryId}, but the file lists {Listed()}");
            }
            else if (item.Box is not { Length: 4 } box)
            {
                Report(DefectKind.UnreadableAnnotation, $"annotation {item.Id} of {_name} has a bbox of {item.Box?.Length ?? 0} numbers; a box is [x, y, width, height]");
            }
            else if (masks && item.Segmentation is null && item.IsCrowd == 0)
            {
                Report(DefectKind.UnreadableAnnotation, $"annotation {item.Id} of {_name} has no segmentation that could be read; training masks needs polygons or runs");
            }
            else
            {
                _segmentationsOf[item.ImageId].Add(item.Segmentation);
                objects.Add(new ObjectAnnotation(category, box[0], box[1], box[0] + box[2], box[1] + box[3])
                {
                    Id = item.Id.Text is null ? item.Id.Number : i + 1,
                    IsCrowd = item.IsCrowd != 0,
                    Area = item.Area ?? box[2] * box[3],
                });
            }
        }
    }

    private string Listed() => Categories.Count switch
    {
        0 => "no category",
        1 => $"only {Categories[0].Id}",
        _ => $"{Categories.Count}, from {Categories[0].Id} to {Categories[^1].Id}",
    };

    private void Report(DefectKind kind, string description, string? fileName = null) => _defects.Add(new DatasetDefect(kind, fileName ?? _name, description));
}
