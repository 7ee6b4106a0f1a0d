using Detr.Data.Evaluation;
using Detr.Figures;
using Detr.Imaging;

namespace Detr.Reports;

/// <summary>The pictures of an evaluation: the worst errors, and some pictures as they come.</summary>
internal static class EvaluationPictures
{
    private const int Side = 480;
    private const int Worst = 12;
    private const int Samples = 8;

    /// <summary>The parts with pictures; none where no picture is at hand.</summary>
    internal static IEnumerable<ReportSection> For(ScoredEvaluation evaluation, CancellationToken cancellationToken)
    {
        (string Title, string Note, Func<IEnumerable<Html>> Pictures)[] parts =
        [
            ("Missed objects", "The largest ones, one a picture.", () => OfErrors(evaluation, evaluation.Errors.Missed, cancellationToken)),
            ("Wrong detections", "The surest ones, one a picture.", () => OfErrors(evaluation, evaluation.Errors.Invented, cancellationToken)),
            ("Samples", "Pictures as they come.", () => OfSamples(evaluation, cancellationToken)),
        ];
        foreach ((string title, string note, Func<IEnumerable<Html>> pictures) in parts)
        {
            Html[] all = [.. pictures()];
            if (all.Length > 0)
            {
                yield return new ReportSection(title, Html.Of($"{Legend}{ReportParts.Gallery(all)}")) { Note = Html.Of($"{note}") };
            }
        }
    }

    private static Html Legend => Html.Of($"<div class=\"legend\">{Html.Join(ErrorFigure.Legend.Select(entry => Html.Of($"<span><i class=\"box\" style=\"border-color:{entry.Color}\"></i>{entry.Meaning}</span>")))}<span>thick: the one it is about</span></div>");

    private static IEnumerable<Html> OfErrors(ScoredEvaluation evaluation, IReadOnlyList<DetectionError> errors, CancellationToken cancellationToken)
        => errors.DistinctBy(error => error.ImageId).Take(Worst).Select(error => Picture(evaluation, error.ImageId, error, Describe(evaluation, error, ReferenceEquals(errors, evaluation.Errors.Missed)), cancellationToken)).OfType<Html>();

    private static IEnumerable<Html> OfSamples(ScoredEvaluation evaluation, CancellationToken cancellationToken) => evaluation.Summary.Matches.ImageIds.Order().Take(Samples).Select(id =>
    {
        SortedDetections boxes = evaluation.Sorted(id);
        return Picture(evaluation, id, null, Html.Of($"{boxes.Found.Count} of {boxes.Found.Count + boxes.Missed.Count} objects found, {boxes.Wrong.Count} wrong"), cancellationToken);
    }).OfType<Html>();

    private static Html? Picture(ScoredEvaluation evaluation, long imageId, DetectionError? error, Html caption, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return evaluation.Picture(imageId) is { } image
            ? ReportParts.Picture(ErrorFigure.Draw(image, evaluation.Sorted(imageId), evaluation.NameOf, Side, error), Html.Of($"{caption}<br>{evaluation.PictureName(imageId)}"))
            : null;
    }

    private static Html Describe(ScoredEvaluation evaluation, DetectionError error, bool isMissed)
    {
        string truth = error.Object is { } item ? evaluation.NameOf(item.CategoryId) : "nothing";
        string found = error.Detection is { } detection ? FormattableString.Invariant($"{evaluation.NameOf(detection.CategoryId)} {detection.Score:0.00}") : "nothing";
        return (error.Kind, isMissed) switch
        {
            (ErrorKind.WrongCategory, _) => Html.Of($"<b>{truth}</b> taken for <b>{found}</b>"),
            (ErrorKind.Duplicate, _) => Html.Of($"<b>{found}</b> on a {truth} that is found already"),
            (ErrorKind.Misplaced, true) => Html.Of($"<b>{truth}</b> met by {found} with IoU {error.Overlap:0.00} only"),
            (ErrorKind.Misplaced, false) => Html.Of($"<b>{found}</b> meets a {truth} with IoU {error.Overlap:0.00} only"),
            (ErrorKind.Unsure, _) => Html.Of($"<b>{truth}</b> found, but with score {error.Detection!.Value.Score:0.00#} only"),
            (ErrorKind.Background, _) => Html.Of($"<b>{found}</b> where nothing is"),
            _ => Html.Of($"<b>{truth}</b> not seen"),
        };
    }
}
