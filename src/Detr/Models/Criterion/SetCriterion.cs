using Detr.Data;
using Detr.Tensors;

namespace Detr.Models;

/// <summary>
/// The set prediction loss (Carion et al. 2020, section 3.1 and appendix A.2): match, then class loss over all queries,
/// L1 and generalized IoU over matched ones; the same for every decoder layer, matched anew, and for the encoder's proposals and denoising queries
/// where the model has them; where wanted for the encoder's cells; and of the last layer's matched queries the losses of masks, where the model
/// makes them.
/// </summary>
public sealed class SetCriterion
{
    private readonly MatchedLosses _matched;
    private readonly DenoisingLosses _denoising;
    private readonly EncoderCriterion _encoder;
    private readonly MaskCriterion? _masks;

    /// <summary>Makes a criterion.</summary>
    /// <param name="classes">Classes, without no-object.</param>
    /// <param name="matcher">The matcher.</param>
    /// <param name="options">The factors.</param>
    /// <param name="maskHead">What makes masks of queries, where masks are to be learnt; null for boxes alone.</param>
    public SetCriterion(int classes, HungarianMatcher matcher, CriterionOptions options, MaskHead? maskHead = null)
    {
        (Classes, Options) = (classes, options);
        AssignedLosses losses = new(classes, options);
        _matched = new MatchedLosses(classes, matcher, losses, options.NoObjectWeight);
        _denoising = new DenoisingLosses(classes, losses);
        _encoder = new EncoderCriterion(classes, losses, options.NoObjectWeight);
        _masks = maskHead is null ? null : new MaskCriterion(maskHead, options);
    }

    /// <summary>Classes, without no-object.</summary>
    public int Classes { get; }

    /// <summary>The factors.</summary>
    public CriterionOptions Options { get; }

    /// <summary>Whether masks are learnt, so that predictions have to come with <see cref="AuxiliaryOutputs.Masks"/>.</summary>
    public bool LearnsMasks => _masks is not null;

    /// <summary>The loss of a batch.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="output">The predictions.</param>
    /// <param name="targets">The objects of each image.</param>
    /// <param name="contents">
    /// Where the gradients of several batches make one step, what all of them hold; null for this batch alone. The result is then this
    /// batch's part: the parts of a step sum to what one large batch would give, because losses are means over the step's objects,
    /// queries and cells.
    /// </param>
    /// <exception cref="ArgumentException">An image has more objects than there are queries, a label is not a class, or masks are to be learnt and there are none.</exception>
    /// <exception cref="ArithmeticException">A prediction is not a finite number.</exception>
    public CriterionResult Forward(ForwardContext context, DetrOutput output, IReadOnlyList<BoxTargets> targets, StepContents? contents = null)
    {
        Check(targets, output.Boxes.Shape[1]);
        StepShares step = new(targets, contents?.Targets ?? targets);
        Dictionary<string, float> losses = new(StringComparer.Ordinal);
        (Tensor total, IReadOnlyList<(int, int)[]> matches) = _matched.Forward(context, output, targets, step, string.Empty, losses);
        losses["class_error"] = step.ObjectShare * MatchingErrors.Class(output, targets, matches);
        foreach ((int layer, DetrOutput auxiliary) in output.Auxiliary.Index())
        {
            Add(_matched.Forward(context, auxiliary, targets, step, $"_{layer}", losses).Total);
        }

        if (output.Proposals is { } proposals)
        {
            Add(Proposals(context, proposals, targets, step, losses));
        }

        if (output.Denoising is { } denoising)
        {
            Add(_denoising.Forward(context, denoising, targets, step, losses));
        }

        if (_masks is not null && output.Masks is { } inputs)
        {
            Add(_masks.Forward(context, inputs, targets, matches, step.Objects, losses));
        }

        if (output.Encoder is { } encoder && Options.EncoderLoss > 0)
        {
            Add(context.Scale(_encoder.Forward(context, output.Scoring, encoder, targets, contents, losses), Options.EncoderLoss));
        }

        return new CriterionResult(total, losses, matches);

        void Add(Tensor part) => total = context.Add(total, part);
    }

    private Tensor Proposals(ForwardContext context, DetrOutput proposals, IReadOnlyList<BoxTargets> targets, StepShares step, Dictionary<string, float> losses)
        => Options.ProposalTargets == ProposalTargets.Classes
            ? _matched.Forward(context, proposals, targets, step, "_interm", losses).Total
            : _matched.Forward(context, proposals, [.. targets.Select(target => target with { Labels = new int[target.Count] })], step, "_enc", losses).Total;

    private void Check(IReadOnlyList<BoxTargets> targets, int queries)
    {
        foreach (BoxTargets target in targets)
        {
            if (target.Count > queries)
            {
                throw new ArgumentException($"An image has {target.Count} objects, but the model has {queries} queries; give it more queries.", nameof(targets));
            }

            if (target.Labels.Any(label => label < 0 || label >= Classes))
            {
                throw new ArgumentException($"A label is outside the model's {Classes} classes.", nameof(targets));
            }
        }
    }
}
