namespace Detr.Explain;

/// <summary>In what order a map takes cells away or gives them back, and after how many of them one looks.</summary>
/// <remarks>Cells of equal relevance go in the map's order, so the same map always gives the same pictures.</remarks>
internal sealed class PerturbationSteps
{
    private readonly int _cells;
    private readonly int[] _order;

    /// <summary>Plans the steps.</summary>
    /// <param name="map">[rows, columns] of the placement; cells of padding do not count.</param>
    /// <param name="placement">Where the cells lie.</param>
    /// <param name="options">After how many cells one looks.</param>
    /// <exception cref="ArgumentException">The map is of another size or has a value that is not a number, or an option is below 1.</exception>
    internal PerturbationSteps(ReadOnlySpan<float> map, MapPlacement placement, PerturbationOptions options)
    {
        placement.Require(map);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Steps, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BatchSize, 1, nameof(options));
        float[] values = map.ToArray();
        _cells = values.Length;
        _order = [.. from row in Enumerable.Range(0, placement.PictureRows) from column in Enumerable.Range(0, placement.PictureColumns) select (row * placement.Columns) + column];
        if (Array.Exists(_order, cell => float.IsNaN(values[cell])))
        {
            throw new ArgumentException("The map has a value that is not a number, so that its cells have no order.", nameof(map));
        }

        _order = [.. _order.OrderByDescending(cell => values[cell])];
        int steps = Math.Min(options.Steps, _order.Length);
        Counts = options.Counts is { } counts
            ? [.. counts.Where(count => count > 0 && count < _order.Length).Append(0).Append(_order.Length).Distinct().Order()]
            : [.. Enumerable.Range(0, steps + 1).Select(step => (int)((long)step * _order.Length / steps))];
    }

    /// <summary>How many cells are changed at each point of a curve, upwards from none to all.</summary>
    internal IReadOnlyList<int> Counts { get; }

    /// <summary>The same as shares of all cells.</summary>
    internal IReadOnlyList<double> Shares => [.. Counts.Select(count => (double)count / _order.Length)];

    /// <summary>Which cells are left of the picture once some were taken away, the most relevant first.</summary>
    /// <param name="count">How many.</param>
    internal bool[] AfterDeletion(int count) => Left(_order.AsSpan(count));

    /// <summary>Which cells there are once some were given back, the most relevant first.</summary>
    /// <param name="count">How many.</param>
    internal bool[] AfterInsertion(int count) => Left(_order.AsSpan(0, count));

    private bool[] Left(ReadOnlySpan<int> cells)
    {
        bool[] isLeft = new bool[_cells];
        foreach (int cell in cells)
        {
            isLeft[cell] = true;
        }

        return isLeft;
    }
}
