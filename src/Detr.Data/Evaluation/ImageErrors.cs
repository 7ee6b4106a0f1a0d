namespace Detr.Data.Evaluation;

/// <summary>What went wrong in one image at a score threshold.</summary>
internal sealed class ImageErrors
{
    private const double LeastOverlap = 0.5;
    private const double LeastNearness = 0.1;
    private readonly EvaluationKind _kind;
    private readonly List<TrueObject> _missed = [];
    private readonly List<DetectionResult> _wrong = [];
    private readonly List<TrueObject> _taken = [];

    /// <summary>Finds the errors.</summary>
    /// <param name="imageId">The image.</param>
    /// <param name="categories">Each category's detections and objects in it.</param>
    /// <param name="threshold">The least score of a detection that counts.</param>
    /// <param name="kind">What is held against what.</param>
    internal ImageErrors(long imageId, ImageMatches[] categories, double threshold, EvaluationKind kind)
    {
        _kind = kind;
        List<(TrueObject Object, DetectionResult Detection)> unsure = [];
        foreach (ImageMatches category in categories)
        {
            Sort(category, threshold, unsure);
        }

        PairTheRest(imageId);
        Invented.AddRange(_wrong.Select(detection => Explain(imageId, detection)));
        Missed.AddRange(_missed.Select(truth => Explain(imageId, truth, unsure)));
    }

    /// <summary>The true and the detected category of each object that was found or mistaken.</summary>
    internal List<(int Truth, int Found)> Pairs { get; } = [];

    internal List<DetectionError> Missed { get; } = [];

    internal List<DetectionError> Invented { get; } = [];

    private void Sort(ImageMatches category, double threshold, List<(TrueObject Object, DetectionResult Detection)> unsure)
    {
        bool[] isFound = new bool[category.Truth.Count];
        for (int d = 0; d < category.Found.Length; d++)
        {
            (DetectionResult detection, int partner) = (category.Found[d], category.Partners[d]);
            bool counts = detection.Score >= threshold;
            if (category.Ignored[0, d])
            {
                continue;
            }

            if (partner >= 0 && counts)
            {
                isFound[partner] = true;
                _taken.Add(category.Truth[partner]);
                Pairs.Add((detection.CategoryId, detection.CategoryId));
            }
            else if (partner >= 0)
            {
                unsure.Add((category.Truth[partner], detection));
            }
            else if (counts)
            {
                _wrong.Add(detection);
            }
        }

        _missed.AddRange(category.Truth.Where((truth, index) => !isFound[index] && !truth.IsCrowd));
    }

    /// <summary>Detections that found no object of their category take one of another.</summary>
    private void PairTheRest(long imageId)
    {
        foreach (DetectionResult detection in _wrong.OrderByDescending(detection => detection.Score).ToArray())
        {
            if (Nearest(detection, _missed) is { Overlap: >= LeastOverlap } nearest)
            {
                Pairs.Add((nearest.Object.CategoryId, detection.CategoryId));
                DetectionError error = new(ErrorKind.WrongCategory, imageId, nearest.Object, detection, nearest.Overlap);
                Missed.Add(error);
                Invented.Add(error);
                _missed.Remove(nearest.Object);
                _taken.Add(nearest.Object);
                _wrong.Remove(detection);
            }
        }
    }

    private DetectionError Explain(long imageId, in DetectionResult detection)
    {
        int category = detection.CategoryId;
        if (Nearest(detection, _taken) is { Overlap: >= LeastOverlap } taken)
        {
            return new DetectionError(ErrorKind.Duplicate, imageId, taken.Object, detection, taken.Overlap);
        }

        return Nearest(detection, _missed.Concat(_taken).Where(truth => truth.CategoryId == category)) is { Overlap: >= LeastNearness } near
            ? new DetectionError(ErrorKind.Misplaced, imageId, near.Object, detection, near.Overlap)
            : new DetectionError(ErrorKind.Background, imageId, null, detection, 0);
    }

    private DetectionError Explain(long imageId, TrueObject truth, List<(TrueObject Object, DetectionResult Detection)> unsure)
    {
        (DetectionResult Detection, double Overlap)[] near =
        [
            .. _wrong.Where(detection => detection.CategoryId == truth.CategoryId)
                .Select(detection => (Detection: detection, Overlap: ImageMatches.Overlap(detection, truth, _kind)))
                .Where(pair => pair.Overlap >= LeastNearness).OrderByDescending(pair => pair.Overlap).Take(1),
        ];
        if (near is [var nearest])
        {
            return new DetectionError(ErrorKind.Misplaced, imageId, truth, nearest.Detection, nearest.Overlap);
        }

        foreach ((TrueObject other, DetectionResult detection) in unsure)
        {
            if (other == truth)
            {
                return new DetectionError(ErrorKind.Unsure, imageId, truth, detection, ImageMatches.Overlap(detection, truth, _kind));
            }
        }

        return new DetectionError(ErrorKind.Unseen, imageId, truth, null, 0);
    }

    private (TrueObject Object, double Overlap)? Nearest(DetectionResult detection, IEnumerable<TrueObject> objects)
    {
        (TrueObject Object, double Overlap)? nearest = null;
        foreach (TrueObject truth in objects)
        {
            double overlap = ImageMatches.Overlap(detection, truth, _kind);
            if (overlap > (nearest?.Overlap ?? 0))
            {
                nearest = (truth, overlap);
            }
        }

        return nearest;
    }
}
