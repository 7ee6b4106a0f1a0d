namespace Detr.Data.Evaluation;

/// <summary>Which detection found which object at IoU 0.50, by COCO's rules; kept so that any score threshold can be asked for afterwards.</summary>
public sealed class EvaluationMatches
{
    private readonly IReadOnlyList<int> _categories;
    private readonly ILookup<long, ImageMatches> _images;
    private readonly EvaluationKind _kind;

    internal EvaluationMatches(IReadOnlyList<int> categories, IEnumerable<(long ImageId, ImageMatches Matches)> matches, EvaluationKind kind, ThresholdCurve thresholds)
    {
        (_categories, _kind, Thresholds) = (categories, kind, thresholds);
        _images = matches.ToLookup(pair => pair.ImageId, pair => pair.Matches);
    }

    /// <summary>What each score threshold brings, all categories counted together.</summary>
    public ThresholdCurve Thresholds { get; }

    /// <summary>The images that have an object or a detection.</summary>
    public IEnumerable<long> ImageIds => _images.Select(image => image.Key);

    /// <summary>What counts in an image: its objects but crowds, and its detections but those of crowds.</summary>
    /// <param name="imageId">The image; an unknown one has nothing.</param>
    public (IReadOnlyList<TrueObject> Objects, IReadOnlyList<DetectionResult> Detections) Image(long imageId) =>
    (
        [.. _images[imageId].SelectMany(category => category.Truth).Where(truth => !truth.IsCrowd)],
        [.. _images[imageId].SelectMany(category => category.Found.Where((_, d) => !category.Ignored[0, d]))]
    );

    /// <summary>What went wrong with a score threshold.</summary>
    /// <param name="threshold">The least score of a detection that counts.</param>
    /// <remarks>
    /// A detection that found an object of its category stays with it, so that the diagonal is what average precision counts as
    /// right. The others, surest first, then take the object left over that they overlap most, whatever its category.
    /// </remarks>
    public DetectionErrors At(double threshold)
    {
        ConfusionMatrix confusion = new(_categories);
        Dictionary<int, int> places = _categories.Select((id, place) => (id, place)).ToDictionary(pair => pair.id, pair => pair.place);
        List<DetectionError> missed = [], invented = [];
        foreach (IGrouping<long, ImageMatches> image in _images)
        {
            ImageErrors errors = new(image.Key, [.. image], threshold, _kind);
            foreach ((int truth, int found) in errors.Pairs)
            {
                confusion[places[truth], places[found]]++;
            }

            missed.AddRange(errors.Missed);
            invented.AddRange(errors.Invented);
        }

        foreach (DetectionError error in missed.Where(error => error.Kind != ErrorKind.WrongCategory))
        {
            confusion[places[error.Object!.Value.CategoryId], confusion.Background]++;
        }

        foreach (DetectionError error in invented.Where(error => error.Kind != ErrorKind.WrongCategory))
        {
            confusion[confusion.Background, places[error.Detection!.Value.CategoryId]]++;
        }

        return new DetectionErrors(
            threshold, confusion, [.. missed.OrderByDescending(error => error.Object!.Value.Area)], [.. invented.OrderByDescending(error => error.Detection!.Value.Score)]);
    }
}
