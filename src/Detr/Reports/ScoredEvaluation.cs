using Detr.Data;
using Detr.Data.Evaluation;
using Detr.Figures;
using Detr.Imaging;
using Detr.Training;

namespace Detr.Reports;

/// <summary>An evaluation as reports show it: with names, at one score threshold, and with the pictures where there are any.</summary>
public sealed class ScoredEvaluation
{
    // Where nothing is found at any threshold, any is as good.
    private const double FallbackThreshold = 0.5;
    private readonly Dictionary<int, string> _names;
    private readonly ILookup<long, DetectionError> _missed;
    private readonly ILookup<long, DetectionError> _invented;

    /// <summary>Looks at an evaluation at a score threshold.</summary>
    /// <param name="summary">The figures.</param>
    /// <param name="categories">The data set's categories.</param>
    /// <param name="threshold">The least score of a detection that counts as found; that of the highest F1 over all categories if null.</param>
    public ScoredEvaluation(EvaluationSummary summary, IReadOnlyList<Category> categories, double? threshold = null)
    {
        (Summary, Categories) = (summary, categories);
        Threshold = threshold ?? (summary.Matches.Thresholds.Best is { F1: > 0 } best ? best.Threshold : FallbackThreshold);
        Errors = summary.Matches.At(Threshold);
        _names = categories.DistinctBy(category => category.Id).ToDictionary(category => category.Id, category => category.Name);
        _missed = Errors.Missed.ToLookup(error => error.ImageId);
        _invented = Errors.Invented.ToLookup(error => error.ImageId);
    }

    /// <summary>Looks at what a model found in a data set, whose pictures are then at hand.</summary>
    /// <param name="result">What it found.</param>
    /// <param name="threshold">The least score of a detection that counts as found; that of the highest F1 over all categories if null.</param>
    public static ScoredEvaluation Of(EvaluationResult result, double? threshold = null)
    {
        IDetectionDataset dataset = result.Dataset;
        Dictionary<long, int> places = Enumerable.Range(0, dataset.Count).ToDictionary(index => dataset.Annotations(index).Id);
        return new ScoredEvaluation(result.Summary, dataset.Categories, threshold)
        {
            Picture = id => dataset.Load(places[id]),
            PictureName = id => dataset.Annotations(places[id]).FileName,
        };
    }

    /// <summary>The figures.</summary>
    public EvaluationSummary Summary { get; }

    /// <summary>The data set's categories.</summary>
    public IReadOnlyList<Category> Categories { get; }

    /// <summary>The least score of a detection that counts as found.</summary>
    public double Threshold { get; }

    /// <summary>What went wrong at the threshold.</summary>
    public DetectionErrors Errors { get; }

    /// <summary>A picture's pixels, or null where they are not at hand.</summary>
    public Func<long, RgbImage?> Picture { get; init; } = _ => null;

    /// <summary>What a picture is called.</summary>
    public Func<long, string> PictureName { get; init; } = id => FormattableString.Invariant($"image {id}");

    /// <summary>The categories with their figures, in the data set's order.</summary>
    public IEnumerable<(Category Category, CategoryEvaluation Figures)> PerCategory => Categories.Select(category => (category, Summary.PerCategory[category.Id]));

    /// <summary>What a category is called.</summary>
    /// <param name="categoryId">Its number.</param>
    public string NameOf(int categoryId) => _names.TryGetValue(categoryId, out string? name) ? name : FormattableString.Invariant($"category {categoryId}");

    /// <summary>A picture's objects and detections, sorted by whether they found each other.</summary>
    /// <param name="imageId">The picture.</param>
    public SortedDetections Sorted(long imageId)
    {
        (IReadOnlyList<TrueObject> objects, IReadOnlyList<DetectionResult> detections) = Summary.Matches.Image(imageId);
        TrueObject[] missed = [.. _missed[imageId].Select(error => error.Object!.Value)];
        DetectionResult[] wrong = [.. _invented[imageId].Select(error => error.Detection!.Value)];
        return new SortedDetections(
            [.. objects.Where(item => !missed.Contains(item))], missed, [.. detections.Where(item => item.Score >= Threshold && !wrong.Contains(item))], wrong);
    }
}
