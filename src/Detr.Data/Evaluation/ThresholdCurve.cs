namespace Detr.Data.Evaluation;

/// <summary>
/// What each score threshold brings. Detections take objects surest first, so that leaving out the less sure ones changes
/// nothing for the others: one matching answers for every threshold.
/// </summary>
public sealed class ThresholdCurve
{
    private readonly double[] _scores;
    private readonly int[] _right;
    private readonly int _objects;

    /// <summary>Makes a curve.</summary>
    /// <param name="detections">The score of each detection that counts, and whether it found an object; in any order.</param>
    /// <param name="objects">How many objects should be found.</param>
    internal ThresholdCurve(IEnumerable<(double Score, bool IsRight)> detections, int objects)
    {
        (double Score, bool IsRight)[] sorted = [.. detections.OrderByDescending(detection => detection.Score)];
        _objects = objects;
        _scores = [.. sorted.Select(detection => detection.Score)];
        _right = new int[sorted.Length + 1];
        for (int i = 0; i < sorted.Length; i++)
        {
            _right[i + 1] = _right[i] + (sorted[i].IsRight ? 1 : 0);
        }

        // Detections of one score stand or fall together.
        Best = objects == 0
            ? null
            : Enumerable.Range(1, _scores.Length).Where(count => count == _scores.Length || _scores[count] < _scores[count - 1])
                .Select(count => (ThresholdPoint?)Point(_scores[count - 1], count)).MaxBy(point => point!.Value.F1);
    }

    /// <summary>The threshold of the highest F1, and of several the highest; null without an object or a detection.</summary>
    public ThresholdPoint? Best { get; }

    /// <summary>The lowest and the highest score; null without a detection.</summary>
    public (double Low, double High)? Range => _scores.Length == 0 ? null : (_scores[^1], _scores[0]);

    /// <summary>What is found with a threshold.</summary>
    /// <param name="threshold">The least score of a detection that counts.</param>
    public ThresholdPoint At(double threshold)
    {
        int low = 0, high = _scores.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = _scores[middle] >= threshold ? (middle + 1, high) : (low, middle);
        }

        return Point(threshold, low);
    }

    private ThresholdPoint Point(double threshold, int count) => new(threshold, _right[count], count - _right[count], _objects - _right[count]);
}
