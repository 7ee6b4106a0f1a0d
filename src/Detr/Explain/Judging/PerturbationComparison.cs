using Detr.Data.Evaluation;
using Detr.Imaging;
using Detr.Models;
using Detr.Tensors;

namespace Detr.Explain;

/// <summary>
/// The deletion and insertion curves of many maps of one picture, such as those of all its objects by all methods. What one curve has left
/// of the picture, another often has too: each such picture goes through the model once, and is scored for all objects.
/// </summary>
/// <remarks>The curves are those of <see cref="Perturbation"/> with <see cref="ObjectScore"/>.</remarks>
public static class PerturbationComparison
{
    /// <summary>Makes the curves.</summary>
    /// <param name="model">The model.</param>
    /// <param name="backend">Computes.</param>
    /// <param name="image">The picture as the model sees it; left as it is.</param>
    /// <param name="placement">Where its cells lie.</param>
    /// <param name="maps">The maps.</param>
    /// <param name="options">How it is done; the defaults if null.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>Two curves for each map, in their order.</returns>
    /// <exception cref="ArgumentException">A map is of another size or has a value that is not a number, the model has no such class, or an option is below 1.</exception>
    public static IReadOnlyList<(PerturbationCurve Deletion, PerturbationCurve Insertion)> Run(
        DetrModel model, IBackend backend, RgbImage image, MapPlacement placement, IReadOnlyList<ObjectMap> maps,
        PerturbationOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new PerturbationOptions();
        Dictionary<string, int> places = new(StringComparer.Ordinal);
        List<bool[]> left = [];
        (PerturbationSteps Steps, int[] Deleted, int[] Inserted)[] plans = [.. maps.Select(map => new PerturbationSteps(map.Map.Span, placement, options))
            .Select(steps => (steps, Places(steps.Counts.Select(steps.AfterDeletion)), Places(steps.Counts.Select(steps.AfterInsertion))))];
        (int Label, ResultBox Box)[] objects = [.. maps.Select(map => (map.Label, map.Box)).Distinct()];

        ObjectScores scorer = new(model, backend, objects);
        PartialPictures pictures = new(image, placement, options.Baseline);
        double[][] scores = [.. left.Chunk(options.BatchSize).SelectMany(batch => scorer.Of([.. batch.Select(cells => pictures.Of(cells))], cancellationToken))];
        return [.. maps.Zip(plans, (map, plan) => (Curve(map, plan.Steps, plan.Deleted), Curve(map, plan.Steps, plan.Inserted)))];

        int[] Places(IEnumerable<bool[]> curve) => [.. curve.Select(Place)];

        int Place(bool[] cells)
        {
            string key = new(Array.ConvertAll(cells, isLeft => isLeft ? '1' : '0'));
            if (!places.TryGetValue(key, out int place))
            {
                places.Add(key, place = left.Count);
                left.Add(cells);
            }

            return place;
        }

        PerturbationCurve Curve(ObjectMap map, PerturbationSteps steps, int[] curve)
        {
            int own = Array.IndexOf(objects, (map.Label, map.Box));
            return new PerturbationCurve(steps.Shares, [.. curve.Select(place => scores[place][own])]);
        }
    }
}
