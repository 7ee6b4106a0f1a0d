using Detr.Imaging;

namespace Detr.Explain;

/// <summary>
/// Deletion and insertion curves (Petsiuk, Das and Saenko, BMVC 2018): if a map is right, a score falls fast when the cells that it
/// calls most relevant are taken from the picture first, and rises fast when they are the first to come back.
/// </summary>
/// <remarks>Cells of equal relevance go in the map's order, so the same map always gives the same pictures.</remarks>
public static class Perturbation
{
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
        PerturbationSteps steps = new(map, placement, options);
        return Run(image, steps, steps.AfterDeletion, placement, score, options, cancellationToken);
    }

    /// <summary>The score while the most relevant cells come back, from nothing of the picture to the whole.</summary>
    /// <inheritdoc cref="Delete"/>
    public static PerturbationCurve Insert(
        RgbImage image, ReadOnlySpan<float> map, MapPlacement placement, Func<IReadOnlyList<RgbImage>, IReadOnlyList<double>> score,
        PerturbationOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new PerturbationOptions();
        PerturbationSteps steps = new(map, placement, options);
        return Run(image, steps, steps.AfterInsertion, placement, score, options, cancellationToken);
    }

    private static PerturbationCurve Run(
        RgbImage image, PerturbationSteps steps, Func<int, bool[]> left, MapPlacement placement, Func<IReadOnlyList<RgbImage>, IReadOnlyList<double>> score,
        PerturbationOptions options, CancellationToken cancellationToken)
    {
        PartialPictures pictures = new(image, placement, options.Baseline);
        List<double> scores = [];
        foreach (int[] batch in steps.Counts.Chunk(options.BatchSize))
        {
            cancellationToken.ThrowIfCancellationRequested();
            scores.AddRange(score([.. batch.Select(count => pictures.Of(left(count)))]));
        }

        return new PerturbationCurve(steps.Shares, scores);
    }
}
