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

    /// <summary>The weight of the no-object class in the class loss.</summary>
    public float NoObjectWeight { get; init; } = 0.1f;

    /// <summary>
    /// The factor of the same losses of what the heads read from the encoder's cells, each of which is given an object by where it lies; 0,
    /// as in the reference, for none. It speeds learning up where pictures are few, and costs nothing once the model is trained.
    /// </summary>
    public float EncoderLoss { get; init; }
}
