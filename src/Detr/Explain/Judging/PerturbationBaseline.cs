namespace Detr.Explain;

/// <summary>What stands where a picture is taken away.</summary>
public enum PerturbationBaseline
{
    /// <summary>The picture, blurred until a cell's contents cannot be told: no new edges appear where it begins.</summary>
    Blurred,

    /// <summary>The picture's mean colour.</summary>
    MeanColor,
}
