using Detr.Imaging;

namespace Detr.Data;

/// <summary>Photographs with the objects on them. Implementations may be read by several threads at once.</summary>
public interface IDetectionDataset
{
    /// <summary>How many photographs there are.</summary>
    int Count { get; }

    /// <summary>The kinds of object; models know them by their place in this list.</summary>
    IReadOnlyList<Category> Categories { get; }

    /// <summary>
    /// What could not be understood when the annotations were read, and was left out. <see cref="DatasetCheck"/> reports it
    /// with what else is wrong; whoever trains without that check should look here.
    /// </summary>
    IReadOnlyList<DatasetDefect> Defects => [];

    /// <summary>What is known of a photograph without its pixels.</summary>
    /// <param name="index">From 0.</param>
    ImageAnnotations Annotations(int index);

    /// <summary>The mask of each of a photograph's objects, in the order of its annotations; null where the data set has none, or was opened without.</summary>
    /// <param name="index">From 0.</param>
    /// <exception cref="InvalidDataException">A mask is damaged.</exception>
    IReadOnlyList<RunLengthMask>? Masks(int index) => null;

    /// <summary>A photograph's file, or null where pictures are made and not read.</summary>
    /// <param name="index">From 0.</param>
    string? FilePath(int index) => null;

    /// <summary>What is wrong with files that belong to a photograph besides its own, such as the picture of its segments.</summary>
    /// <param name="index">From 0.</param>
    /// <param name="decode">Whether they are read whole, and not only their headers.</param>
    IEnumerable<DatasetDefect> DefectsOf(int index, bool decode) => [];

    /// <summary>A photograph's pixels, upright.</summary>
    /// <param name="index">From 0.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">The file is not a picture that can be decoded.</exception>
    RgbImage Load(int index);
}
