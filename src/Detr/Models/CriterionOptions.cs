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

    /// <summary>The weight of the no-object class in the class loss.</summary>
    public float NoObjectWeight { get; init; } = 0.1f;
}
