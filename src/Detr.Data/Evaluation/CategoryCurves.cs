namespace Detr.Data.Evaluation;

/// <summary>Precision and recall of one category in one range of sizes, by COCO's rules.</summary>
/// <param name="Objects">How many objects should be found; with none, there are no curves.</param>
/// <param name="Precisions">At each IoU threshold, the largest precision at or beyond each of 101 recalls.</param>
/// <param name="Recalls">With each limit on detections, the recall at each IoU threshold.</param>
internal sealed record CategoryCurves(int Objects, double[][] Precisions, double[][] Recalls)
{
    internal const int RecallPoints = 101;
    private const double MachineEpsilon = 2.220446049250313e-16;
    private static readonly int[] Limits = [1, 10, ImageMatches.MostDetections];

    internal static CategoryCurves From(ImageMatches[] images, int thresholds)
    {
        int objects = images.Sum(image => image.Objects);
        if (objects == 0)
        {
            return new CategoryCurves(0, [], []);
        }

        (int Image, int Detection)[] order = Order(images);
        return new CategoryCurves(
            objects,
            [.. Enumerable.Range(0, thresholds).Select(t => Precision(images, order, t, objects))],
            [.. Limits.Select(limit => Enumerable.Range(0, thresholds).Select(t => Recall(images, objects, limit, t)).ToArray())]);
    }

    /// <summary>All detections, surest first; equals stay in the images' order.</summary>
    internal static (int Image, int Detection)[] Order(ImageMatches[] images) =>
    [
        .. images.SelectMany((image, i) => Enumerable.Range(0, image.Found.Length).Select(d => (Image: i, Detection: d)))
            .OrderByDescending(place => images[place.Image].Found[place.Detection].Score),
    ];

    private static double[] Precision(ImageMatches[] images, (int Image, int Detection)[] order, int threshold, int objects)
    {
        double[] precision = new double[order.Length], recall = new double[order.Length];
        double right = 0, wrong = 0;
        for (int i = 0; i < order.Length; i++)
        {
            (int image, int detection) = order[i];
            if (!images[image].Ignored[threshold, detection])
            {
                bool isRight = images[image].Matched[threshold, detection];
                right += isRight ? 1 : 0;
                wrong += isRight ? 0 : 1;
            }

            recall[i] = right / objects;
            precision[i] = right / (right + wrong + MachineEpsilon);
        }

        for (int i = precision.Length - 1; i > 0; i--)
        {
            precision[i - 1] = Math.Max(precision[i - 1], precision[i]);
        }

        double[] points = new double[RecallPoints];
        for (int point = 0, place = 0; point < RecallPoints; point++)
        {
            double wanted = point == RecallPoints - 1 ? 1.0 : point * 0.01;
            while (place < recall.Length && recall[place] < wanted)
            {
                place++;
            }

            points[point] = place < recall.Length ? precision[place] : 0;
        }

        return points;
    }

    private static double Recall(ImageMatches[] images, int objects, int limit, int threshold)
    {
        int right = 0;
        foreach (ImageMatches image in images)
        {
            for (int d = 0; d < Math.Min(limit, image.Found.Length); d++)
            {
                right += image.Matched[threshold, d] && !image.Ignored[threshold, d] ? 1 : 0;
            }
        }

        return (double)right / objects;
    }
}
