namespace Detr.Data.Evaluation;

/// <summary>
/// What objects were taken for: a row for each true category, a column for each detected one, and last in both the
/// background. A row's sum is the count of the category's objects, a column's sum that of its detections, so that the diagonal
/// over them is recall and precision.
/// </summary>
public sealed class ConfusionMatrix
{
    private readonly int[,] _counts;

    internal ConfusionMatrix(IReadOnlyList<int> categoryIds)
    {
        CategoryIds = categoryIds;
        _counts = new int[categoryIds.Count + 1, categoryIds.Count + 1];
    }

    /// <summary>The categories' numbers, in the order of rows and columns.</summary>
    public IReadOnlyList<int> CategoryIds { get; }

    /// <summary>The place of the background: as a row, what was found where nothing is; as a column, what was missed.</summary>
    public int Background => CategoryIds.Count;

    /// <summary>How many objects of one category were taken for another.</summary>
    /// <param name="truth">The row: a place in <see cref="CategoryIds"/>, or <see cref="Background"/>.</param>
    /// <param name="found">The column.</param>
    public int this[int truth, int found]
    {
        get => _counts[truth, found];
        internal set => _counts[truth, found] = value;
    }

    /// <summary>A row's sum: the category's objects.</summary>
    /// <param name="truth">The row.</param>
    public int RowSum(int truth) => Enumerable.Range(0, Background + 1).Sum(found => _counts[truth, found]);

    /// <summary>A column's sum: the category's detections.</summary>
    /// <param name="found">The column.</param>
    public int ColumnSum(int found) => Enumerable.Range(0, Background + 1).Sum(truth => _counts[truth, found]);

    /// <summary>Categories that were taken for others, most often first; neither side is the background.</summary>
    public IEnumerable<(int Truth, int Found, int Count)> Confusions() =>
        from truth in Enumerable.Range(0, Background)
        from found in Enumerable.Range(0, Background)
        where truth != found && _counts[truth, found] > 0
        orderby _counts[truth, found] descending
        select (truth, found, _counts[truth, found]);
}
