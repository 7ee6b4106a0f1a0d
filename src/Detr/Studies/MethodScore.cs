using Detr.Data;
using Detr.Data.Evaluation;
using Detr.Explain;

namespace Detr.Studies;

/// <summary>What one method's maps are worth over all scenes.</summary>
/// <param name="Name">The method's name, or a yardstick's.</param>
/// <param name="Masks">COCO's figures of the masks that maps make.</param>
/// <param name="LooseMasks">The same from an intersection over union of 0.20 on.</param>
/// <param name="Maps">What each map is worth, in the same order for all methods.</param>
/// <param name="Sizes">How large each map's mask is, as a multiple of the object's area.</param>
internal sealed record MethodScore(string Name, EvaluationSummary Masks, EvaluationSummary LooseMasks, IReadOnlyList<JudgedMap> Maps, double[] Sizes)
{
    // Chefer, Gur and Wolf begin at 0.20: maps are no segmentation.
    private static readonly double[] LooseThresholds = [.. Enumerable.Range(4, 16).Select(i => i / 20.0)];

    /// <summary>The masks' intersections over union with the objects.</summary>
    public double[] Overlaps => [.. Maps.Select(map => map.Overlap)];

    /// <summary>The shares of the maps that lie on the objects.</summary>
    public double[] Inside => [.. Maps.Select(map => map.Inside)];

    /// <summary>The areas under the deletion curves.</summary>
    public double[] Deletions => [.. Maps.Select(map => map.Deletion.Area)];

    /// <summary>The areas under the insertion curves.</summary>
    public double[] Insertions => [.. Maps.Select(map => map.Insertion.Area)];

    /// <summary>The mean deletion curve; there is at least one map.</summary>
    public PerturbationCurve Deletion => Mean(map => map.Deletion);

    /// <summary>The mean insertion curve; there is at least one map.</summary>
    public PerturbationCurve Insertion => Mean(map => map.Insertion);

    /// <summary>Scores the maps of a name.</summary>
    /// <param name="name">The method's name, or a yardstick's.</param>
    /// <param name="scenes">The judged scenes.</param>
    /// <param name="truth">The objects of each scene, at the same places.</param>
    /// <param name="size">Pixels along each side of a scene.</param>
    internal static MethodScore Of(string name, IReadOnlyList<JudgedScene> scenes, IReadOnlyList<IReadOnlyList<TrueObject>> truth, int size)
    {
        MapMaskScore score = new();
        List<double> sizes = [];
        foreach ((JudgedScene scene, IReadOnlyList<TrueObject> objects) in scenes.Zip(truth))
        {
            (int CategoryId, double Score, RunLengthMask Mask)[] masks = [.. scene.Objects.Select(item => (item.CategoryId, item.Score, RunLengthText.Parse(size, size, item.Maps[name].Mask)))];
            score.Add(scene.Index + 1, size, size, objects, masks);
            sizes.AddRange(masks.Zip(scene.Objects, (mask, item) => (double)mask.Mask.Area / Math.Max(1, item.Area)));
        }

        return new MethodScore(name, score.Evaluate(), score.Evaluate(LooseThresholds), [.. scenes.SelectMany(scene => scene.Objects).Select(item => item.Maps[name])], [.. sizes]);
    }

    private PerturbationCurve Mean(Func<JudgedMap, PerturbationCurve> curve)
    {
        PerturbationCurve[] curves = [.. Maps.Select(curve)];
        return new PerturbationCurve(curves[0].Shares, [.. Enumerable.Range(0, curves[0].Shares.Count).Select(i => curves.Average(one => one.Scores[i]))]);
    }
}
