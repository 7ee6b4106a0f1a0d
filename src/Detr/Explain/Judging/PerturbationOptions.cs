namespace Detr.Explain;

/// <summary>How cells are taken away from a picture, or given back to it.</summary>
public sealed record PerturbationOptions
{
    /// <summary>Steps from the whole picture to none of it; fewer where there are not as many cells.</summary>
    public int Steps { get; init; } = 20;

    /// <summary>Pictures that are scored at once.</summary>
    public int BatchSize { get; init; } = 8;

    /// <summary>What stands where the picture is taken away.</summary>
    public PerturbationBaseline Baseline { get; init; }
}
