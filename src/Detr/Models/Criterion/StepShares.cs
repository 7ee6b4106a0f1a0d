using Detr.Data;

namespace Detr.Models;

/// <summary>What sums over a batch are divided by, and the batch's shares in its step.</summary>
internal sealed class StepShares
{
    private readonly (int Objects, int Images) _own;
    private readonly (int Objects, int Images) _all;

    /// <summary>Counts the objects of a batch and of its step.</summary>
    internal StepShares(IReadOnlyList<BoxTargets> batch, IReadOnlyList<BoxTargets> step)
    {
        _own = (batch.Sum(target => target.Count), batch.Count);
        _all = ReferenceEquals(batch, step) ? _own : (step.Sum(target => target.Count), step.Count);
    }

    /// <summary>The step's objects, at least 1.</summary>
    internal float Objects => Math.Max(1, _all.Objects);

    /// <summary>The batch's share of the step's images.</summary>
    internal float ImageShare => (float)_own.Images / _all.Images;

    /// <summary>The batch's share of the step's objects.</summary>
    internal float ObjectShare => _all.Objects == 0 ? 1f : (float)_own.Objects / _all.Objects;

    /// <summary>
    /// What the losses of queries count that are matched with all objects. Cross entropy is a weighted mean over the batch's queries; every object
    /// has its query, so what they weigh is known before they are matched. The focal loss is a sum, divided by objects as boxes are.
    /// </summary>
    /// <param name="scoring">Which class loss it is.</param>
    /// <param name="queries">Queries of an image.</param>
    /// <param name="noObjectWeight">What a query without object weighs in cross entropy.</param>
    internal LossShares OfQueries(ClassScoring scoring, int queries, float noObjectWeight)
    {
        float box = 1f / Objects;
        return new LossShares(scoring == ClassScoring.Softmax ? (float)(Weight(_own) / Weight(_all)) : box, box);

        double Weight((int Objects, int Images) part) => part.Objects + ((double)noObjectWeight * (((double)part.Images * queries) - part.Objects));
    }
}
