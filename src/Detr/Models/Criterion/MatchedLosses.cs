using Detr.Data;
using Detr.Tensors;

namespace Detr.Models;

/// <summary>The losses of predictions that the matcher gives their objects.</summary>
/// <param name="classes">Classes, without no-object.</param>
/// <param name="matcher">The matcher.</param>
/// <param name="losses">The losses of a prediction.</param>
/// <param name="noObjectWeight">What a query without object weighs in cross entropy.</param>
internal sealed class MatchedLosses(int classes, HungarianMatcher matcher, AssignedLosses losses, float noObjectWeight)
{
    /// <summary>Matches, and takes the weighted sum of the losses.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="output">The predictions.</param>
    /// <param name="targets">The objects of each image.</param>
    /// <param name="step">What the batch counts in its step.</param>
    /// <param name="suffix">What stands after the losses' names.</param>
    /// <param name="found">Takes each loss, unweighted, and the error in how many objects there are.</param>
    /// <returns>One number; and each image's pairs of query and object.</returns>
    internal (Tensor Total, IReadOnlyList<(int Query, int Target)[]> Matches) Forward(
        ForwardContext context, DetrOutput output, IReadOnlyList<BoxTargets> targets, StepShares step, string suffix, Dictionary<string, float> found)
    {
        int queries = output.Boxes.Shape[1], rows = targets.Count * queries;
        (int Query, int Target)[][] matches = [.. targets.Select((target, image) => matcher.Match(output, image, target))];
        Assignment assignment = Assignment.Of(
            rows, classes, matches.SelectMany((pairs, image) => pairs.Select(pair => ((image * queries) + pair.Query, targets[image], pair.Target))));
        Tensor total = losses.Forward(
            context, output.Scoring, context.Reshape(output.Logits, [rows, output.Logits.Shape[2]]), context.Reshape(output.Boxes, [rows, 4]), assignment,
            step.OfQueries(output.Scoring, queries, noObjectWeight), new LossNames(string.Empty, suffix), found);
        found[$"cardinality_error{suffix}"] = step.ImageShare * MatchingErrors.Cardinality(output, targets);
        return (total, matches);
    }
}
