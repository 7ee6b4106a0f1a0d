using Detr.Data.Evaluation;

namespace Detr.Data;

/// <summary>Puts a file of COCO's panoptic format in order: segments to their photographs, ids to places. What does not fit is left out and named.</summary>
internal sealed class PanopticIndexer
{
    private readonly string _name;
    private readonly string _mapsFolder;
    private readonly List<DatasetDefect> _defects = [];
    private readonly Dictionary<int, int> _categoryOf;

    /// <summary>Indexes a file.</summary>
    /// <param name="file">The file's contents.</param>
    /// <param name="path">The file.</param>
    /// <param name="mapsFolder">The folder of PNGs, of which those are read whose segments have no boxes in the file.</param>
    /// <exception cref="InvalidDataException">The file has no categories, or two have one id.</exception>
    internal PanopticIndexer(CocoPanopticFile file, string path, string mapsFolder)
    {
        (_name, _mapsFolder) = (Path.GetFileName(path), mapsFolder);
        Categories = file.ReadCategories(path);
        _categoryOf = Enumerable.Range(0, Categories.Length).ToDictionary(place => Categories[place].Id);
        Dictionary<CocoId, CocoImage> images = [];
        foreach (CocoImage image in file.Images ?? [])
        {
            if (!images.TryAdd(image.Id, image))
            {
                Report(DefectKind.RepeatedId, $"{_name} has image {image.Id} twice");
            }
        }

        HashSet<CocoId> seen = [];
        List<CocoPanopticFile.Annotation> usable = [.. file.Annotations.Where(item => IsUsable(item, images, seen))];
        Dictionary<CocoId, long> numbers = CocoId.Numbers(usable.Select(item => item.ImageId), long.MaxValue);
        Items = [.. usable.Select(item => ToItem(item, images[item.ImageId], numbers[item.ImageId])).OrderBy(item => item.Image.Id)];
    }

    internal PanopticCategory[] Categories { get; }

    internal PanopticItem[] Items { get; }

    internal IReadOnlyList<DatasetDefect> Defects => _defects;

    private bool IsUsable(CocoPanopticFile.Annotation item, Dictionary<CocoId, CocoImage> images, HashSet<CocoId> seen)
    {
        if (!images.TryGetValue(item.ImageId, out CocoImage? image))
        {
            Report(DefectKind.UnknownImage, $"{_name} has segments of image {item.ImageId}, which it does not list");
            return false;
        }

        if (!FileNames.IsInside(image.FileName) || !FileNames.IsInside(item.FileName) || !image.HasSize)
        {
            Report(DefectKind.UnreadableAnnotation, $"image {image.Id} of {_name} ('{image.FileName}', segments in '{item.FileName}', {image.Width} × {image.Height}) needs file names inside their folders and a size");
            return false;
        }

        if (!seen.Add(item.ImageId))
        {
            Report(DefectKind.RepeatedId, $"{_name} has segments of image {item.ImageId} twice", image.FileName);
            return false;
        }

        return true;
    }

    private PanopticItem ToItem(CocoPanopticFile.Annotation item, CocoImage image, long number)
    {
        List<PanopticSegment> segments = [];
        foreach (CocoPanopticFile.Segment segment in item.Segments)
        {
            if (!_categoryOf.ContainsKey(segment.CategoryId))
            {
                Report(DefectKind.UnknownCategory, $"segment {segment.Id} of {item.FileName} is of category {segment.CategoryId}, which {_name} does not list", image.FileName);
                continue;
            }

            ResultBox box = segment.Box is [double x, double y, double width, double height] ? new ResultBox(x, y, width, height) : default;
            segments.Add(segment.ToSegment() with { Box = box, Area = (long)(segment.Area ?? box.Area) });
        }

        if (segments.Exists(segment => segment.Box == default))
        {
            segments = Measure(item, segments, image.FileName!);
        }

        return new PanopticItem(
            new ImageAnnotations(number, image.FileName!, (int)image.Width, (int)image.Height, [.. segments.Select(segment => segment.ToObject(_categoryOf[segment.CategoryId]))]),
            item.FileName, segments);
    }

    private List<PanopticSegment> Measure(CocoPanopticFile.Annotation item, List<PanopticSegment> segments, string imageFile)
    {
        try
        {
            return [.. PanopticSegmentation.Create(PanopticPng.Read(Path.Combine(_mapsFolder, item.FileName)), segments).Segments];
        }
        catch (Exception error) when (error is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            Report(DefectKind.UnreadableAnnotation, $"the segments of {imageFile} have no bbox, and {item.FileName} does not say where they are: {error.Message.TrimEnd('.')}", imageFile);
            return [];
        }
    }

    private void Report(DefectKind kind, string description, string? fileName = null) => _defects.Add(new DatasetDefect(kind, fileName ?? _name, description));
}
