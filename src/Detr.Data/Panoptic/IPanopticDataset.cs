namespace Detr.Data;

/// <summary>Photographs of which every pixel's segment is known. The segments are the objects, in the same order.</summary>
public interface IPanopticDataset : IDetectionDataset
{
    /// <summary>The data set's categories, told apart as things and stuff.</summary>
    IReadOnlyList<PanopticCategory> PanopticCategories { get; }

    /// <summary>A photograph's segments, in the order of its objects.</summary>
    /// <param name="index">From 0.</param>
    /// <exception cref="IOException">The picture of the segments is missing or cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is damaged, of another size than the photograph, or disagrees with the annotations.</exception>
    PanopticSegmentation Segmentation(int index);

    /// <inheritdoc/>
    IReadOnlyList<RunLengthMask>? IDetectionDataset.Masks(int index) => Segmentation(index).Masks();
}
