using Detr.Imaging;

namespace Detr.Data;

/// <summary>
/// A data set for a model that counts classes by the categories' ids, as models of the reference do: each id below the number of
/// classes is a category, and those that the data set lacks are called by their number.
/// </summary>
public sealed class ClassesById : IDetectionDataset
{
    private readonly IDetectionDataset _dataset;

    /// <summary>Numbers a data set's objects anew.</summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="classes">The model's classes.</param>
    /// <exception cref="InvalidDataException">A category's id is no class of the model.</exception>
    public ClassesById(IDetectionDataset dataset, int classes)
    {
        if (dataset.Categories.FirstOrDefault(category => category.Id < 0 || category.Id >= classes) is { } outside)
        {
            throw new InvalidDataException($"The category {outside.Name} has the id {outside.Id}, which is none of the model's {classes} classes.");
        }

        _dataset = dataset;
        ILookup<int, Category> known = dataset.Categories.ToLookup(category => category.Id);
        Categories = [.. Enumerable.Range(0, classes).Select(id => known[id].FirstOrDefault() ?? new Category(id, $"class {id}"))];
    }

    /// <inheritdoc/>
    public int Count => _dataset.Count;

    /// <inheritdoc/>
    public IReadOnlyList<Category> Categories { get; }

    /// <inheritdoc/>
    public IReadOnlyList<DatasetDefect> Defects => _dataset.Defects;

    /// <inheritdoc/>
    public ImageAnnotations Annotations(int index)
    {
        ImageAnnotations image = _dataset.Annotations(index);
        return image with { Objects = [.. image.Objects.Select(item => item with { Category = _dataset.Categories[item.Category].Id })] };
    }

    /// <inheritdoc/>
    public IReadOnlyList<RunLengthMask>? Masks(int index) => _dataset.Masks(index);

    /// <inheritdoc/>
    public string? FilePath(int index) => _dataset.FilePath(index);

    /// <inheritdoc/>
    public RgbImage Load(int index) => _dataset.Load(index);
}
