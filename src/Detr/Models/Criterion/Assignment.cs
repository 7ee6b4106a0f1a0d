using Detr.Data;

namespace Detr.Models;

/// <summary>Which predictions of a batch are to be which objects.</summary>
/// <param name="Labels">The class of each prediction, no-object for most.</param>
/// <param name="Positives">The numbers of those that are an object.</param>
/// <param name="Boxes">Their boxes, four numbers each.</param>
internal sealed record Assignment(int[] Labels, int[] Positives, float[] Boxes)
{
    /// <summary>Puts together what each image's predictions are to be.</summary>
    /// <param name="predictions">The predictions of all images.</param>
    /// <param name="noObject">The label of those that are no object.</param>
    /// <param name="pairs">Pairs of a prediction's number among those of all images, and its object.</param>
    internal static Assignment Of(int predictions, int noObject, IEnumerable<(int Prediction, BoxTargets Targets, int Target)> pairs)
    {
        int[] labels = new int[predictions];
        labels.AsSpan().Fill(noObject);
        List<int> positives = [];
        List<float> boxes = [];
        foreach ((int prediction, BoxTargets targets, int target) in pairs)
        {
            labels[prediction] = targets.Labels[target];
            positives.Add(prediction);
            boxes.AddRange(targets.Box(target));
        }

        return new Assignment(labels, [.. positives], [.. boxes]);
    }
}
