using Detr.Data;
using Detr.Tensors;

namespace Detr.Models;

/// <summary>
/// The set prediction loss (Carion et al. 2020, section 3.1 and appendix A.2): match, then class loss over all queries,
/// L1 and generalized IoU over matched ones; the same for every decoder layer, matched anew, and where wanted for the encoder's cells;
/// of the last layer's matched queries also the losses of masks, where the model makes them.
/// </summary>
public sealed class SetCriterion
{
    private readonly int _classes;
    private readonly HungarianMatcher _matcher;
    private readonly AssignedLosses _losses;
    private readonly EncoderCriterion _encoder;
    private readonly MaskCriterion? _masks;

    /// <summary>Makes a criterion.</summary>
    /// <param name="classes">Classes, without no-object.</param>
    /// <param name="matcher">The matcher.</param>
    /// <param name="options">The factors.</param>
    /// <param name="maskHead">What makes masks of queries, where masks are to be learnt; null for boxes alone.</param>
    public SetCriterion(int classes, HungarianMatcher matcher, CriterionOptions options, MaskHead? maskHead = null)
    {
        (_classes, _matcher, Options) = (classes, matcher, options);
        _masks = maskHead is null ? null : new MaskCriterion(maskHead, options);
        _losses = new AssignedLosses(classes, options);
        _encoder = new EncoderCriterion(classes, _losses);
    }

    /// <summary>The factors.</summary>
    public CriterionOptions Options { get; }

    /// <summary>Whether masks are learnt, so that predictions have to come with <see cref="AuxiliaryOutputs.Masks"/>.</summary>
    public bool LearnsMasks => _masks is not null;

    /// <summary>The loss of a batch.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="output">The predictions.</param>
    /// <param name="targets">The objects of each image.</param>
    /// <param name="targetsOfStep">
    /// Where the gradients of several batches make one step, the objects of each image of all of them; null for this batch alone. The
    /// result is then this batch's part: the parts of a step sum to what one large batch would give, because losses are means over
    /// the step's objects and queries.
    /// </param>
    /// <exception cref="ArgumentException">An image has more objects than there are queries, a label is not a class, or masks are to be learnt and there are none.</exception>
    /// <exception cref="ArithmeticException">A prediction is not a finite number.</exception>
    public CriterionResult Forward(ForwardContext context, DetrOutput output, IReadOnlyList<BoxTargets> targets, IReadOnlyList<BoxTargets>? targetsOfStep = null)
    {
        int queries = output.Boxes.Shape[1];
        foreach (BoxTargets target in targets)
        {
            if (target.Count > queries)
            {
                throw new ArgumentException($"An image has {target.Count} objects, but the model has {queries} queries; give it more queries.", nameof(targets));
            }

            if (target.Labels.Any(label => label < 0 || label >= _classes))
            {
                throw new ArgumentException($"A label is outside the model's {_classes} classes.", nameof(targets));
            }
        }

        Normalization step = new(targets, targetsOfStep ?? targets, queries, Options.NoObjectWeight);
        Dictionary<string, float> losses = new(StringComparer.Ordinal);
        (Tensor total, IReadOnlyList<(int, int)[]> matches) = Layer(context, output, targets, step, string.Empty, losses);
        for (int i = 0; i < output.Auxiliary.Count; i++)
        {
            total = context.Add(total, Layer(context, output.Auxiliary[i], targets, step, $"_{i}", losses).Total);
        }

        if (_masks is not null && output.Masks is { } inputs)
        {
            total = context.Add(total, _masks.Forward(context, inputs, targets, matches, step.Objects, losses));
        }

        if (output.Encoder is { } encoder && Options.EncoderLoss > 0)
        {
            total = context.Add(total, context.Scale(_encoder.Forward(context, encoder, targets, step.ImageShare, losses), Options.EncoderLoss));
        }

        return new CriterionResult(total, losses, matches);
    }

    private (Tensor Total, IReadOnlyList<(int Query, int Target)[]> Matches) Layer(
        ForwardContext context, DetrOutput output, IReadOnlyList<BoxTargets> targets, Normalization step, string suffix, Dictionary<string, float> losses)
    {
        int batch = output.Boxes.Shape[0], queries = output.Boxes.Shape[1], classes = output.Logits.Shape[2];
        List<(int Query, int Target)[]> matches = [];
        for (int b = 0; b < batch; b++)
        {
            matches.Add(_matcher.Match(output, b, targets[b]));
        }

        Assignment assignment = Assignment.Of(
            batch * queries, _classes, matches.SelectMany((pairs, image) => pairs.Select(pair => ((image * queries) + pair.Query, targets[image], pair.Target))));
        Tensor logits = context.Reshape(output.Logits, [batch * queries, classes]);
        if (suffix.Length == 0)
        {
            losses["class_error"] = step.ObjectShare * ClassError(logits.AsSpan(), assignment, classes);
        }

        losses[$"cardinality_error{suffix}"] = step.ImageShare * CardinalityError(logits.AsSpan(), queries, classes, targets);
        Tensor boxes = context.Reshape(output.Boxes, [batch * queries, 4]);
        return (_losses.Forward(context, logits, boxes, assignment, step.ClassShare, 1f / step.Objects, suffix, losses), matches);
    }

    /// <summary>The share of matched queries, in percent, whose best class is not their object's.</summary>
    private static float ClassError(ReadOnlySpan<float> logits, Assignment assignment, int classes)
    {
        int right = 0;
        foreach (int row in assignment.Positives)
        {
            right += System.Numerics.Tensors.TensorPrimitives.IndexOfMax(logits.Slice(row * classes, classes)) == assignment.Labels[row] ? 1 : 0;
        }

        return assignment.Positives.Length == 0 ? 0 : 100f - (100f * right / assignment.Positives.Length);
    }

    /// <summary>The mean difference between how many queries claim an object and how many objects there are.</summary>
    private static float CardinalityError(ReadOnlySpan<float> logits, int queries, int classes, IReadOnlyList<BoxTargets> targets)
    {
        double sum = 0;
        for (int b = 0; b < targets.Count; b++)
        {
            int claimed = 0;
            for (int q = 0; q < queries; q++)
            {
                claimed += System.Numerics.Tensors.TensorPrimitives.IndexOfMax(logits.Slice(((b * queries) + q) * classes, classes)) == classes - 1 ? 0 : 1;
            }

            sum += Math.Abs(claimed - targets[b].Count);
        }

        return (float)(sum / Math.Max(1, targets.Count));
    }

    /// <summary>What sums over a batch are divided by, and the batch's shares in its step.</summary>
    private readonly record struct Normalization
    {
        internal Normalization(IReadOnlyList<BoxTargets> batch, IReadOnlyList<BoxTargets> step, int queries, float noObjectWeight)
        {
            int own = batch.Sum(target => target.Count), all = ReferenceEquals(batch, step) ? own : step.Sum(target => target.Count);
            Objects = Math.Max(1, all);
            ImageShare = (float)batch.Count / step.Count;
            ObjectShare = all == 0 ? 1f : (float)own / all;

            // Every object has its query, so what the classes weigh is known before they are matched.
            ClassShare = (float)(Weight(own, batch.Count) / Weight(all, step.Count));

            double Weight(int objects, int images) => objects + ((double)noObjectWeight * (((double)images * queries) - objects));
        }

        /// <summary>The step's objects, at least 1.</summary>
        internal float Objects { get; }

        /// <summary>The batch's share of the step's images.</summary>
        internal float ImageShare { get; }

        /// <summary>The batch's share of the step's objects.</summary>
        internal float ObjectShare { get; }

        /// <summary>The batch's share of what the step's queries weigh in the class loss.</summary>
        internal float ClassShare { get; }
    }
}
