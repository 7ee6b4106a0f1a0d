using Detr.Data;
using Detr.Data.Evaluation;

namespace Detr.Explain;

/// <summary>
/// How well maps show the objects that they are of: each detection's map becomes a mask, and the masks are scored as instance masks, by
/// COCO's rules. The better a map, the better its mask.
/// </summary>
public sealed class MapMaskScore
{
    private readonly List<TrueObject> _truth = [];
    private readonly List<DetectionResult> _found = [];
    private readonly List<double> _overlaps = [];
    private readonly HashSet<long> _images = [];

    /// <summary>For each map, in the order they came in, the intersection over union with the object of its category that it fits best; 0 where there is none.</summary>
    public IReadOnlyList<double> Overlaps => _overlaps;

    /// <summary>Their mean; null without any.</summary>
    public double? MeanOverlap => _overlaps.Count == 0 ? null : _overlaps.Average();

    /// <summary>Adds a picture, of whose maps masks are made by <see cref="MapMask"/>.</summary>
    /// <param name="imageId">The picture's number.</param>
    /// <param name="width">Pixels in a row of the upright picture.</param>
    /// <param name="height">Its rows.</param>
    /// <param name="truth">Its objects, with masks; those of other pictures are passed over.</param>
    /// <param name="maps">The detections to judge (Chefer et al. take those that score above 0.5), each with its map.</param>
    /// <param name="placement">Where the maps' cells lie.</param>
    /// <exception cref="ArgumentException">The picture was added before, an object has no mask or one of another size, or a map is not of the placement or not finite.</exception>
    public void Add(
        long imageId, int width, int height, IEnumerable<TrueObject> truth, IEnumerable<(Detection Detection, ReadOnlyMemory<float> Map)> maps, MapPlacement placement)
        => Add(imageId, width, height, truth, maps.Select(pair => (pair.Detection.LabelId, (double)pair.Detection.Score, MapMask.From(pair.Map.Span, placement, width, height))));

    /// <summary>Adds a picture whose maps were made masks before.</summary>
    /// <param name="imageId">The picture's number.</param>
    /// <param name="width">Pixels in a row of the upright picture.</param>
    /// <param name="height">Its rows.</param>
    /// <param name="truth">Its objects, with masks; those of other pictures are passed over.</param>
    /// <param name="masks">The masks, with the category's number and the score of the detection.</param>
    /// <exception cref="ArgumentException">The picture was added before, or an object has no mask or one of another size.</exception>
    public void Add(long imageId, int width, int height, IEnumerable<TrueObject> truth, IEnumerable<(int CategoryId, double Score, RunLengthMask Mask)> masks)
    {
        TrueObject[] objects = [.. truth.Where(item => item.ImageId == imageId)];
        if (Array.Exists(objects, item => item.Mask is not { } mask || mask.Width != width || mask.Height != height))
        {
            throw new ArgumentException($"An object of picture {imageId} has no mask of {width} × {height} pixels; maps are judged by masks.", nameof(truth));
        }

        DetectionResult[] found = [.. masks.Select(item => new DetectionResult(imageId, item.CategoryId, item.Mask.Bounds(), item.Score) { Mask = item.Mask })];
        if (!_images.Add(imageId))
        {
            throw new ArgumentException($"Picture {imageId} was judged before.", nameof(imageId));
        }

        _truth.AddRange(objects);
        _found.AddRange(found);
        _overlaps.AddRange(found.Select(result => objects.Where(item => item.CategoryId == result.CategoryId && !item.IsCrowd)
            .Select(item => result.Mask!.IntersectionOverUnion(item.Mask!, isCrowd: false)).DefaultIfEmpty().Max()));
    }

    /// <summary>COCO's twelve figures for the masks of all pictures so far.</summary>
    /// <param name="thresholds">Other IoU thresholds than COCO's; Chefer et al. begin at 0.20, because maps are no segmentation.</param>
    public EvaluationSummary Evaluate(IReadOnlyList<double>? thresholds = null) => CocoEvaluator.Evaluate(
        _truth, _found, _images, _truth.Select(item => item.CategoryId).Concat(_found.Select(item => item.CategoryId)), EvaluationKind.Mask, thresholds);
}
