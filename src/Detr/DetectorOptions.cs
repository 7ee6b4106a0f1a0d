namespace Detr;

/// <summary>How a detector works.</summary>
public sealed record DetectorOptions
{
    /// <summary>Threads for one picture; all processors unless given.</summary>
    public int? Threads { get; init; }

    /// <summary>The shorter side that pictures are brought to, in pixels.</summary>
    public int Size { get; init; } = 800;

    /// <summary>The longer side's limit, in pixels.</summary>
    public int MaximumSize { get; init; } = 1333;
}
