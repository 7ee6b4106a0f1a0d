using Detr.Data.Evaluation;
using Detr.Training;

namespace Detr.Studies;

/// <summary>What studies read off an evaluation.</summary>
public static class StudyMeasures
{
    // From this score on a detection would be shown to somebody.
    private const double Threshold = 0.5;

    /// <summary>Average precision over IoU thresholds 0.50, 0.55 … 0.95, from 0 to 1; 0 where there is nothing to find.</summary>
    /// <param name="result">The evaluation.</param>
    public static double Precision(this EvaluationResult result) => result.Summary.AP ?? 0;

    /// <summary>COCO's figures of evaluations, one a row; those for which there is nothing to find are left out.</summary>
    /// <param name="title">What they are of.</param>
    /// <param name="subject">The heading above the evaluations' labels.</param>
    /// <param name="results">The evaluations with their labels.</param>
    /// <param name="figures">The figures by COCO's names.</param>
    public static StudyTable Table(string title, string subject, IReadOnlyList<(string Label, EvaluationResult Result)> results, params IReadOnlyList<string> figures)
    {
        string[] known = [.. figures.Where(figure => results.Any(row => Figure(row.Result, figure) is not null))];
        return new StudyTable(
            title, subject, [.. known.Select(figure => new StudyColumn(figure))],
            [.. results.Select(row => new StudyRow(row.Label, [.. known.Select(figure => Figure(row.Result, figure))]))]);

        static double? Figure(EvaluationResult result, string name) => result.Summary.Figures.First(figure => figure.Name == name).Value;
    }

    /// <summary>Objects that a detection with a score of 0.5 or more found, and all objects, by scene.</summary>
    /// <param name="result">The evaluation.</param>
    public static IReadOnlyList<(int Found, int Objects)> FoundByScene(this EvaluationResult result)
    {
        ILookup<long, DetectionError> missed = result.Summary.Matches.At(Threshold).Missed.ToLookup(error => error.ImageId);
        return
        [
            .. Enumerable.Range(0, result.Dataset.Count).Select(result.Dataset.Annotations).Select(image =>
            {
                int objects = image.Objects.Count(item => !item.IsCrowd);
                return (objects - missed[image.Id].Count(), objects);
            }),
        ];
    }

    /// <summary>How many detections with a score of 0.5 or more there are in a scene too many or too few, on the average.</summary>
    /// <param name="result">The evaluation.</param>
    public static double CountError(this EvaluationResult result)
    {
        ILookup<long, DetectionResult> shown = result.Detections.Where(detection => detection.Score >= Threshold).ToLookup(detection => detection.ImageId);
        return Enumerable.Range(0, result.Dataset.Count).Select(result.Dataset.Annotations)
            .Select(image => (double)Math.Abs(shown[image.Id].Count() - image.Objects.Count(item => !item.IsCrowd))).DefaultIfEmpty().Average();
    }

    /// <summary>Detections with a score of 0.5 or more of an object that another has found already, for a hundred objects.</summary>
    /// <param name="result">The evaluation.</param>
    public static double DuplicatesPerHundred(this EvaluationResult result)
    {
        int objects = result.Summary.PerCategory.Values.Sum(category => category.Objects);
        return objects == 0 ? 0 : 100.0 * result.Summary.Matches.At(Threshold).Invented.Count(error => error.Kind == ErrorKind.Duplicate) / objects;
    }

    /// <summary>The same evaluation after non-maximum suppression.</summary>
    /// <param name="result">The evaluation.</param>
    public static EvaluationResult Suppressed(this EvaluationResult result)
        => ModelEvaluation.Score(result.Dataset, NonMaximumSuppression.Apply(result.Detections));
}
