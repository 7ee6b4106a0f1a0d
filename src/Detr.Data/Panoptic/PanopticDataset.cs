using Detr.Data.Evaluation;
using Detr.Imaging;

namespace Detr.Data;

/// <summary>
/// Photographs segmented in COCO's panoptic format: <c>panoptic_*.json</c>, a folder of PNGs, and a folder of pictures. Every segment,
/// thing or stuff, is an object. Boxes and areas are the JSON's; where it has no boxes, they are measured in the PNGs.
/// </summary>
public sealed class PanopticDataset : IPanopticDataset
{
    // Some tools count a box's last pixel, some do not.
    private const double Tolerance = 1;

    private readonly PanopticIndexer _index;
    private readonly string _mapsFolder;
    private readonly string _imagesFolder;

    private PanopticDataset(PanopticIndexer index, string mapsFolder, string imagesFolder)
    {
        (_index, _mapsFolder, _imagesFolder) = (index, mapsFolder, imagesFolder);
        Categories = [.. index.Categories.Select(category => category.ToCategory())];
    }

    /// <inheritdoc/>
    public int Count => _index.Items.Length;

    /// <inheritdoc/>
    public IReadOnlyList<Category> Categories { get; }

    /// <inheritdoc/>
    public IReadOnlyList<PanopticCategory> PanopticCategories => _index.Categories;

    /// <inheritdoc/>
    public IReadOnlyList<DatasetDefect> Defects => _index.Defects;

    /// <summary>Reads the annotations; PNGs and photographs are read when asked for.</summary>
    /// <param name="annotationsFile">The JSON file.</param>
    /// <param name="mapsFolder">Where the PNGs lie.</param>
    /// <param name="imagesFolder">Where the photographs lie.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">The file is not COCO's panoptic JSON, has no categories, or has two of one id.</exception>
    public static PanopticDataset Open(string annotationsFile, string mapsFolder, string imagesFolder)
        => new(new PanopticIndexer(CocoPanopticFile.Read(annotationsFile), annotationsFile, mapsFolder), mapsFolder, imagesFolder);

    /// <inheritdoc/>
    public ImageAnnotations Annotations(int index) => _index.Items[index].Image;

    /// <inheritdoc/>
    public string FilePath(int index) => Path.Combine(_imagesFolder, Annotations(index).FileName);

    /// <inheritdoc/>
    public RgbImage Load(int index) => ImageFile.Read(FilePath(index));

    /// <inheritdoc/>
    public PanopticSegmentation Segmentation(int index)
    {
        string path = CheckMap(index);
        PanopticMap map = PanopticPng.Read(path);
        try
        {
            IReadOnlyList<PanopticSegment> listed = _index.Items[index].Segments;
            PanopticSegmentation segmentation = PanopticSegmentation.Create(map, listed);
            foreach ((PanopticSegment stated, PanopticSegment measured) in listed.Zip(segmentation.Segments))
            {
                CheckBox(measured.Id, stated.Box, measured.Box);
            }

            return segmentation;
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"{path}: {error.Message}.", error);
        }
    }

    /// <summary>The mask of each of a photograph's objects, in the order of its annotations.</summary>
    /// <param name="index">From 0.</param>
    /// <exception cref="IOException">The PNG is missing or cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is damaged, of another size than the photograph, or disagrees with the annotations.</exception>
    public IReadOnlyList<RunLengthMask> Masks(int index) => Segmentation(index).Masks();

    /// <inheritdoc/>
    public IEnumerable<DatasetDefect> DefectsOf(int index, bool decode)
    {
        try
        {
            _ = CheckMap(index);
            if (decode)
            {
                _ = Segmentation(index);
            }

            return [];
        }
        catch (Exception error) when (error is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return [new DatasetDefect(DefectKind.UnreadableAnnotation, Annotations(index).FileName, error.Message.TrimEnd('.'))];
        }
    }

    /// <summary>The same annotations with photographs from another folder.</summary>
    internal PanopticDataset WithImagesIn(string folder) => new(_index, _mapsFolder, folder);

    private static void CheckBox(int id, ResultBox stated, ResultBox measured)
    {
        double farthest = Math.Max(
            Math.Max(Math.Abs(stated.X - measured.X), Math.Abs(stated.Y - measured.Y)),
            Math.Max(Math.Abs(stated.X + stated.Width - measured.X - measured.Width), Math.Abs(stated.Y + stated.Height - measured.Y - measured.Height)));
        if (!(farthest <= Tolerance))
        {
            throw new InvalidDataException(FormattableString.Invariant(
                $"segment {id} has its pixels in [{measured.X}, {measured.Y}, {measured.Width}, {measured.Height}], but its bbox is [{stated.X}, {stated.Y}, {stated.Width}, {stated.Height}]; without bbox, boxes are taken from the PNG"));
        }
    }

    /// <summary>Finds a photograph's PNG, and looks at its header.</summary>
    private string CheckMap(int index)
    {
        (ImageAnnotations image, string mapFile, _) = _index.Items[index];
        string path = Path.Combine(_mapsFolder, mapFile);
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"There is no {path}, which has the segments of {image.FileName}.");
        }

        (long width, long height) = PanopticPng.CheckHeader(path);
        return (width, height) == (image.Width, image.Height)
            ? path
            : throw new InvalidDataException($"{path} has {width} × {height} pixels, but {image.FileName} has {image.Width} × {image.Height}.");
    }
}
