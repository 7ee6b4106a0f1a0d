namespace Detr.Models;

/// <summary>The factors of the loss. The defaults are the reference's.</summary>
public sealed record CriterionOptions
{
    /// <summary>The factor of the class loss.</summary>
    public float ClassLoss { get; init; } = 1;

    /// <summary>The factor of the boxes' L1 loss.</summary>
    public float BoxLoss { get; init; } = 5;

    /// <summary>The factor of the boxes' overlap loss.</summary>
    public float OverlapLoss { get; init; } = 2;

    /// <summary>The factor of the masks' focal loss.</summary>
    public float MaskLoss { get; init; } = 1;

    /// <summary>The factor of the masks' dice loss.</summary>
    public float DiceLoss { get; init; } = 1;

    /// <summary>The weight of the no-object class in the class loss, where classes and no-object share a softmax.</summary>
    public float NoObjectWeight { get; init; } = 0.1f;

    /// <summary>The weight of a query's own class in the focal loss, where each class has a sigmoid; that of all others is 1 − α.</summary>
    public float FocalAlpha { get; init; } = 0.25f;

    /// <summary>What is added to the areas that generalized IoU divides by, which keeps boxes of no size finite: 0 or, in DAB-DETR and what came of it, 10⁻⁶.</summary>
    public float OverlapMargin { get; init; }

    /// <summary>What the encoder's proposals learn, where the model makes some.</summary>
    public ProposalTargets ProposalTargets { get; init; }

    /// <summary>The published factors of a detector.</summary>
    /// <param name="variant">The detector.</param>
    public static CriterionOptions Of(DetrVariant variant) => new()
    {
        ClassLoss = variant is DetrVariant.ConditionalDetr or DetrVariant.DeformableDetr ? 2 : 1,
        OverlapMargin = HungarianMatcher.Of(variant).OverlapMargin,
        ProposalTargets = variant == DetrVariant.Dino ? ProposalTargets.Classes : ProposalTargets.Objects,
    };

    /// <summary>
    /// The factor of the same losses of what the heads read from the encoder's cells, each of which is given an object by where it lies; 0,
    /// as in the reference, for none. It speeds learning up where pictures are few, and costs nothing once the model is trained.
    /// </summary>
    public float EncoderLoss { get; init; }
}
