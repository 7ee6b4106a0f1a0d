using Detr.Imaging;

namespace Detr.Explain;

/// <summary>
/// Deletion and insertion curves (Petsiuk, Das and Saenko, BMVC 2018): if a map is right, a score falls fast when the cells that it
/// calls most relevant are taken from the picture first, and rises fast when they are the first to come back.
/// </summary>
/// <remarks>Cells of equal relevance go in the map's order, so the same map always gives the same pictures.</remarks>
public static class Perturbation
{
    // A blur to half a pixel for each cell leaves nothing of what is smaller than two of them.
    private const int CellsInABlur = 2;

    /// <summary>The score while the most relevant cells are taken away, from the whole picture to nothing of it.</summary>
    /// <param name="image">The picture, best as the model saw it; left as it is.</param>
    /// <param name="map">[rows, columns] of the placement; cells of padding do not count.</param>
    /// <param name="placement">Where the cells lie.</param>
    /// <param name="score">Scores pictures of the image's size.</param>
    /// <param name="options">How it is done; the defaults if null.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <exception cref="ArgumentException">The map is of another size or has a value that is not a number, or an option is below 1.</exception>
    public static PerturbationCurve Delete(
        RgbImage image, ReadOnlySpan<float> map, MapPlacement placement, Func<IReadOnlyList<RgbImage>, IReadOnlyList<double>> score,
        PerturbationOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new PerturbationOptions();
        return Run(image, Baseline(image, placement, options.Baseline), Order(map, placement), placement, score, options, cancellationToken);
    }

    /// <summary>The score while the most relevant cells come back, from nothing of the picture to the whole.</summary>
    /// <inheritdoc cref="Delete"/>
    public static PerturbationCurve Insert(
        RgbImage image, ReadOnlySpan<float> map, MapPlacement placement, Func<IReadOnlyList<RgbImage>, IReadOnlyList<double>> score,
        PerturbationOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new PerturbationOptions();
        return Run(Baseline(image, placement, options.Baseline), image, Order(map, placement), placement, score, options, cancellationToken);
    }

    private static PerturbationCurve Run(
        RgbImage from, RgbImage to, int[] order, MapPlacement placement, Func<IReadOnlyList<RgbImage>, IReadOnlyList<double>> score,
        PerturbationOptions options, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Steps, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BatchSize, 1, nameof(options));
        int steps = Math.Min(options.Steps, order.Length);
        int[] counts = [.. Enumerable.Range(0, steps + 1).Select(step => (int)((long)step * order.Length / steps))];
        int[] places = Places(order, placement);
        List<double> scores = [];
        foreach (int[] batch in counts.Chunk(options.BatchSize))
        {
            cancellationToken.ThrowIfCancellationRequested();
            scores.AddRange(score([.. batch.Select(count => Mixed(from, to, places, count, placement))]));
        }

        return new PerturbationCurve([.. counts.Select(count => (double)count / order.Length)], scores);
    }

    /// <summary>The cells that are not padding, the most relevant first.</summary>
    private static int[] Order(ReadOnlySpan<float> map, MapPlacement placement)
    {
        placement.Require(map);
        float[] values = map.ToArray();
        int[] cells = [.. from row in Enumerable.Range(0, placement.PictureRows) from column in Enumerable.Range(0, placement.PictureColumns) select (row * placement.Columns) + column];
        return Array.Exists(cells, cell => float.IsNaN(values[cell]))
            ? throw new ArgumentException("The map has a value that is not a number, so that its cells have no order.", nameof(map))
            : [.. cells.OrderByDescending(cell => values[cell])];
    }

    /// <summary>When each cell's turn is.</summary>
    private static int[] Places(int[] order, MapPlacement placement)
    {
        int[] places = new int[placement.Rows * placement.Columns];
        for (int i = 0; i < order.Length; i++)
        {
            places[order[i]] = i;
        }

        return places;
    }

    /// <summary>The picture in which the first cells are those of another; a pixel is its nearest cell's.</summary>
    private static RgbImage Mixed(RgbImage from, RgbImage to, int[] places, int count, MapPlacement placement)
    {
        (int width, int height) = (from.Width, from.Height);
        int[] columns = [.. Enumerable.Range(0, width).Select(x => placement.CellAt(x + 0.5, 0, width, height))];
        RgbImage result = new(width, height);
        for (int y = 0; y < height; y++)
        {
            int first = placement.CellAt(0, y + 0.5, width, height);
            ReadOnlySpan<byte> kept = from.Row(y), changed = to.Row(y);
            Span<byte> row = result.Row(y);
            for (int x = 0; x < width; x++)
            {
                (places[first + columns[x]] < count ? changed : kept).Slice(3 * x, 3).CopyTo(row[(3 * x)..]);
            }
        }

        return result;
    }

    private static RgbImage Baseline(RgbImage image, MapPlacement placement, PerturbationBaseline baseline)
    {
        // The resizer's mean over all that a pixel stands for is the blur; its way back up is smooth.
        (int columns, int rows) = baseline == PerturbationBaseline.MeanColor
            ? (1, 1)
            : (Math.Max(1, placement.PictureColumns / CellsInABlur), Math.Max(1, placement.PictureRows / CellsInABlur));
        return ImageResizer.Resize(ImageResizer.Resize(image, columns, rows), image.Width, image.Height);
    }
}
