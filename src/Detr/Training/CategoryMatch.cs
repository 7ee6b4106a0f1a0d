using Detr.Data;

namespace Detr.Training;

/// <summary>Which category of a data set each of a model's is: the one of the same name.</summary>
public sealed class CategoryMatch
{
    private readonly Dictionary<int, int> _ids;

    /// <summary>Matches names; case does not count.</summary>
    /// <param name="model">The model's categories.</param>
    /// <param name="dataset">The data set's categories.</param>
    /// <exception cref="InvalidDataException">They share no name.</exception>
    public CategoryMatch(IReadOnlyList<Category> model, IReadOnlyList<Category> dataset)
    {
        Dictionary<string, Category> named = model.DistinctBy(category => category.Name, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(category => category.Name, StringComparer.OrdinalIgnoreCase);
        _ids = [];
        List<Category> unknown = [];
        foreach (Category category in dataset)
        {
            if (!named.TryGetValue(category.Name, out Category? match))
            {
                unknown.Add(category);
            }
            else if (!_ids.TryAdd(match.Id, category.Id))
            {
                throw new InvalidDataException($"The data set has the category {category.Name} twice; give each category a name of its own.");
            }
        }

        if (_ids.Count == 0)
        {
            throw new InvalidDataException($"The model knows none of the data set's categories: it was trained on {List(model)}, and the data set has {List(dataset)}.");
        }

        Unknown = unknown;
    }

    /// <summary>Categories of the data set that the model has never heard of and cannot find.</summary>
    public IReadOnlyList<Category> Unknown { get; }

    /// <summary>The data set's number for a model's category, or null where the data set lacks it.</summary>
    /// <param name="modelCategoryId">The model's number.</param>
    public int? DatasetId(int modelCategoryId) => _ids.TryGetValue(modelCategoryId, out int id) ? id : null;

    private static string List(IReadOnlyList<Category> categories)
        => string.Join(", ", categories.Take(4).Select(category => category.Name)) + (categories.Count > 4 ? $" and {categories.Count - 4} more" : string.Empty);
}
