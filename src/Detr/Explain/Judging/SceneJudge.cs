using Detr.Data;
using Detr.Data.Evaluation;
using Detr.Imaging;
using Detr.Models;
using Detr.Tensors;
using Detr.Training;

namespace Detr.Explain;

/// <summary>
/// Judges methods on generated scenes, whose masks are known: what each method's maps are worth for every object that a model finds, with a score
/// above 0.5 and a box that covers the object's by half. Two yardsticks are judged with them, neither of which looks into the model.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="categories">What its classes are called.</param>
/// <param name="scenes">The scenes, of the size at which the model is to see them.</param>
/// <param name="backend">Computes.</param>
/// <exception cref="InvalidDataException">Model and scenes share no category.</exception>
public sealed class SceneJudge(DetrModel model, IReadOnlyList<Category> categories, ShapesDataset scenes, IBackend backend)
{
    /// <summary>The yardstick that knows the answer: the share of each cell that the object's mask covers. No map of such cells gives a better mask by much.</summary>
    public const string TrueMask = "true mask";

    /// <summary>The yardstick that knows nothing: random numbers.</summary>
    public const string Chance = "chance";

    private const float LeastScore = 0.5f;
    private const double LeastOverlap = 0.5;

    private readonly CategoryMatch _match = new(categories, scenes.Categories);

    /// <summary>The methods.</summary>
    public IReadOnlyList<IRelevanceMethod> Methods { get; init; } = RelevanceMethods.All;

    /// <summary>How cells are taken away and given back.</summary>
    public PerturbationOptions Perturbation { get; init; } = new();

    /// <summary>What is judged: the methods by name, and the yardsticks.</summary>
    public IReadOnlyList<string> Names => [.. Methods.Select(method => method.Name), TrueMask, Chance];

    /// <summary>Where the cells of a scene's maps lie.</summary>
    /// <param name="index">Which scene.</param>
    public MapPlacement Placement(int index)
    {
        ImageAnnotations scene = scenes.Annotations(index);
        return MapPlacement.Unpadded(model.Options.Backbone, scene.Width, scene.Height);
    }

    /// <summary>A scene's objects, with their masks.</summary>
    /// <param name="index">Which scene.</param>
    public IReadOnlyList<TrueObject> Truth(int index)
    {
        ImageAnnotations scene = scenes.Annotations(index);
        return [.. scene.Objects.Zip(scenes.Masks(index), (item, mask) => new TrueObject(
            scene.Id, scenes.Categories[item.Category].Id, new ResultBox(item.X0, item.Y0, item.X1 - item.X0, item.Y1 - item.Y0), mask.Area, IsCrowd: false) { Mask = mask })];
    }

    /// <summary>The maps of the objects that are found in a scene, surest first.</summary>
    /// <param name="index">Which scene.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public IReadOnlyList<MappedObject> Explain(int index, CancellationToken cancellationToken = default)
    {
        RgbImage image = scenes.Load(index);
        MapPlacement placement = Placement(index);
        using DetectionBatch batch = BatchBuilder.Build([(image, new BoxTargets([], []))], [index]);
        ForwardContext context = new(backend) { CancellationToken = cancellationToken };
        using Scope scope = context.Scope();
        RelevanceOutput output = new Explainer(model).Explain(context, context.Upload(batch.Shape, batch.Pixels), new ExplainRequest { Methods = Methods, Threshold = LeastScore });
        Detection[] detections = PostProcess.Run(output.Output, 0, image.Width, image.Height, categories);
        ILookup<int, (string Name, RelevanceMap Map)> maps = output.Maps.SelectMany(pair => pair.Value.Select(map => (pair.Key, map))).ToLookup(pair => pair.map.Query);
        RandomStream random = new((ulong)index + 1);
        List<MappedObject> found = [];
        List<TrueObject> free = [.. Truth(index)];
        foreach (Detection detection in detections.Where(detection => detection.Score > LeastScore).OrderByDescending(detection => detection.Score))
        {
            if (Match(detection, free) is { } truth)
            {
                free.Remove(truth);
                Dictionary<string, float[]> own = maps[detection.Query].ToDictionary(pair => pair.Name, pair => pair.Map.Values, StringComparer.Ordinal);
                own.Add(TrueMask, Cover(truth.Mask!, placement));
                own.Add(Chance, [.. Enumerable.Range(0, placement.Rows * placement.Columns).Select(_ => (float)random.NextDouble())]);
                found.Add(new MappedObject(detection, maps[detection.Query].First().Map.Label, truth, own));
            }
        }

        return found;
    }

    /// <summary>Judges the maps of a scene.</summary>
    /// <param name="index">Which scene.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public JudgedScene Judge(int index, CancellationToken cancellationToken = default)
    {
        MapPlacement placement = Placement(index);
        RgbImage image = scenes.Load(index);
        IReadOnlyList<MappedObject> found = Explain(index, cancellationToken);
        (MappedObject Item, string Name)[] all = [.. found.SelectMany(item => Names.Select(name => (item, name)))];
        IReadOnlyList<(PerturbationCurve Deletion, PerturbationCurve Insertion)> curves = PerturbationComparison.Run(
            model, backend, image, placement, [.. all.Select(pair => new ObjectMap(pair.Item.Label, Share(pair.Item.Detection, image), pair.Item.Maps[pair.Name]))], Perturbation, cancellationToken);
        ILookup<MappedObject, (string Name, JudgedMap Map)> judged = all.Zip(curves, (pair, curve) =>
        {
            RunLengthMask mask = MapMask.From(pair.Item.Maps[pair.Name], placement, image.Width, image.Height);
            JudgedMap judgement = new(
                RunLengthText.Format(mask), mask.IntersectionOverUnion(pair.Item.Truth.Mask!, isCrowd: false), Inside(pair.Item.Maps[pair.Name], pair.Item.Maps[TrueMask]), curve.Deletion, curve.Insertion);
            return (pair.Item, Map: (pair.Name, judgement));
        }).ToLookup(pair => pair.Item, pair => pair.Map);
        return new JudgedScene(index, [.. found.Select(item => new JudgedObject(
            item.Truth.CategoryId, item.Detection.Score, item.Truth.Mask!.Area, judged[item].ToDictionary(pair => pair.Name, pair => pair.Map, StringComparer.Ordinal)))]);
    }

    /// <summary>The object of a detection's category that its box fits best; null where none is covered by half.</summary>
    private TrueObject? Match(Detection detection, IReadOnlyList<TrueObject> objects)
    {
        ResultBox box = Box(detection);
        (TrueObject Item, double Overlap)[] fitting =
        [
            .. objects.Where(item => item.CategoryId == _match.DatasetId(detection.LabelId)).Select(item => (item, box.IntersectionOverUnion(item.Box, isCrowd: false))),
        ];
        return fitting.Length > 0 && fitting.MaxBy(pair => pair.Overlap) is { Overlap: >= LeastOverlap } best ? best.Item : null;
    }

    private static ResultBox Box(Detection detection) => new(detection.X0, detection.Y0, detection.X1 - detection.X0, detection.Y1 - detection.Y0);

    private static ResultBox Share(Detection detection, RgbImage image)
    {
        ResultBox box = Box(detection);
        return new ResultBox(box.X / image.Width, box.Y / image.Height, box.Width / image.Width, box.Height / image.Height);
    }

    /// <summary>The share of a map's sum that lies on an object; what speaks against the object, below 0, does not count.</summary>
    private static double Inside(float[] map, float[] cover)
    {
        double all = 0, inside = 0;
        foreach ((float value, float share) in map.Zip(cover))
        {
            all += Math.Max(0, value);
            inside += Math.Max(0, value) * share;
        }

        return all > 0 ? inside / all : 0;
    }

    /// <summary>The share of each cell's pixels that a mask covers.</summary>
    private static float[] Cover(RunLengthMask mask, MapPlacement placement)
    {
        bool[] inside = mask.ToPixels();
        float[] covered = new float[placement.Rows * placement.Columns];
        int[] pixels = new int[covered.Length];
        for (int i = 0; i < inside.Length; i++)
        {
            int cell = placement.CellAt((i % mask.Width) + 0.5, (i / mask.Width) + 0.5, mask.Width, mask.Height);
            pixels[cell]++;
            covered[cell] += inside[i] ? 1 : 0;
        }

        for (int cell = 0; cell < covered.Length; cell++)
        {
            covered[cell] /= Math.Max(1, pixels[cell]);
        }

        return covered;
    }
}
