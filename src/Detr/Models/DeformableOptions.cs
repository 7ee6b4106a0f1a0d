namespace Detr.Models;

/// <summary>What only models with deformable attention have. The defaults are the published ones.</summary>
public sealed record DeformableOptions
{
    /// <summary>Feature maps: the backbone's last ones from coarse to fine, at most its number of stages less one, and one more made of the last.</summary>
    public int Levels { get; init; } = 4;

    /// <summary>Points that a head samples in each map.</summary>
    public int Points { get; init; } = 4;

    /// <summary>Whether each decoder layer moves the boxes of the one before; DINO always does.</summary>
    public bool BoxRefinement { get; init; }

    /// <summary>Whether queries begin where the encoder proposes objects; DINO's always do.</summary>
    public bool TwoStage { get; init; }
}
