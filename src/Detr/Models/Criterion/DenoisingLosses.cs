using Detr.Data;
using Detr.Tensors;

namespace Detr.Models;

/// <summary>
/// The losses of denoising queries, each of which is held to its own object. DN-DETR's count slots that have one (its losses are called
/// <c>tgt_…</c>); DINO's hold all others to having none (<c>…_dn</c>). Both are divided by the step's objects in all groups.
/// </summary>
/// <param name="classes">Classes, without no-object.</param>
/// <param name="losses">The losses of a prediction.</param>
internal sealed class DenoisingLosses(int classes, AssignedLosses losses)
{
    /// <summary>The weighted sum of the losses after all decoder layers.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="output">The predictions.</param>
    /// <param name="targets">The objects of each image.</param>
    /// <param name="step">What the batch counts in its step.</param>
    /// <param name="found">Takes each loss, unweighted, and what else the originals log: DN-DETR the class error, DINO that in how many objects there are.</param>
    internal Tensor Forward(ForwardContext context, DenoisingOutput output, IReadOnlyList<BoxTargets> targets, StepShares step, Dictionary<string, float> found)
    {
        DenoisingQueries queries = output.Queries;
        int[] rows = [.. Enumerable.Range(0, queries.Objects.Count).Where(row => queries.IsContrastive || queries.Objects[row] != DenoisingQueries.Empty)];
        Assignment assignment = Assignment.Of(rows.Length, classes, Pairs());
        (int Slot, int Object)[][] restored = [.. Enumerable.Range(0, queries.Images).Select(RestoredIn)];
        float share = 1f / (queries.Groups * step.Objects);
        Tensor total = Layer(output.Predictions, string.Empty);
        foreach ((int layer, DetrOutput auxiliary) in output.Predictions.Auxiliary.Index())
        {
            total = context.Add(total, Layer(auxiliary, $"_{layer}"));
        }

        return total;

        Tensor Layer(DetrOutput predictions, string suffix)
        {
            LossNames names = queries.IsContrastive ? new LossNames(string.Empty, $"_dn{suffix}") : new LossNames("tgt_", suffix);
            (string error, float value) = queries.IsContrastive
                ? ("cardinality_error", step.ImageShare * MatchingErrors.Cardinality(predictions, targets))
                : ("class_error", step.ObjectShare * MatchingErrors.Class(predictions, targets, restored));
            found[names.Of(error)] = value;
            return losses.Forward(context, predictions.Scoring, Rows(predictions.Logits), Rows(predictions.Boxes), assignment, new LossShares(share, share), names, found);
        }

        Tensor Rows(Tensor x)
        {
            Tensor all = context.Reshape(x, [queries.Objects.Count, x.Shape[2]]);
            return queries.IsContrastive ? all : context.GatherRows(all, rows);
        }

        (int Slot, int Object)[] RestoredIn(int image) => [.. Enumerable.Range(0, queries.Slots)
            .Select(slot => (slot, queries.Objects[(image * queries.Slots) + slot]))
            .Where(pair => pair.Item2 != DenoisingQueries.Empty)];

        IEnumerable<(int Prediction, BoxTargets Targets, int Target)> Pairs() => rows
            .Select((row, place) => (place, targets[row / queries.Slots], queries.Objects[row]))
            .Where(pair => pair.Item3 != DenoisingQueries.Empty);
    }
}
