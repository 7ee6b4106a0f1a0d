namespace Detr.Explain;

/// <summary>How cells are taken away from a picture, or given back to it.</summary>
public sealed record PerturbationOptions
{
    /// <summary>Steps from the whole picture to none of it; fewer where there are not as many cells.</summary>
    public int Steps { get; init; } = 20;

    /// <summary>
    /// Instead of equal steps, after how many cells one looks, besides none and all: the first cells say most of what tells maps apart. Numbers that
    /// are not between none and all are passed over.
    /// </summary>
    public IReadOnlyList<int>? Counts { get; init; }

    /// <summary>Pictures that are scored at once.</summary>
    public int BatchSize { get; init; } = 8;

    /// <summary>What stands where the picture is taken away.</summary>
    public PerturbationBaseline Baseline { get; init; }
}
