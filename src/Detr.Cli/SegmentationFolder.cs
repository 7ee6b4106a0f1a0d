using Detr.Data;
using Detr.Figures;
using Detr.Imaging;

namespace Detr.Cli;

/// <summary>
/// The folder of <c>segment --out</c>: pictures with their segments, and the segmentations in COCO's panoptic format, <c>panoptic.json</c>
/// and the PNGs in <c>panoptic/</c>.
/// </summary>
internal sealed class SegmentationFolder
{
    private readonly IReadOnlyList<Category> _categories;
    private readonly PictureFolder _pictures;
    private readonly PanopticWriter _panoptic;
    private int _count;

    internal SegmentationFolder(string folder, IReadOnlyList<Category> categories)
    {
        _categories = categories;
        _pictures = new PictureFolder(folder);
        _panoptic = new PanopticWriter(
            Path.Combine(folder, "panoptic.json"), Path.Combine(folder, "panoptic"), [.. categories.Select(category => new PanopticCategory(category.Id, category.Name, category.IsThing))]);
    }

    /// <summary>Writes a picture's files.</summary>
    internal void Add(string source, RgbImage image, PanopticSegmentation segmentation)
    {
        string name = _pictures.Write(SegmentationFigure.Draw(image, segmentation, _categories), source);
        _panoptic.Add(++_count, Path.GetFileName(source), segmentation, name);
    }

    /// <summary>Writes the JSON of all pictures.</summary>
    internal void Save() => _panoptic.Save();
}
