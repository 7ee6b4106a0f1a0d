using Detr.Models;

namespace Detr;

/// <summary>How a detector works.</summary>
public sealed record DetectorOptions
{
    /// <summary>Threads for one picture; all processors unless given.</summary>
    public int? Threads { get; init; }

    /// <summary>The short side that pictures are brought to, in pixels; the model's own unless given.</summary>
    public int? Size { get; init; }

    /// <summary>The long side's limit, in pixels; in the model's own proportion to the short side unless given.</summary>
    public int? MaximumSize { get; init; }

    /// <summary>What weights from elsewhere do not show of their model; what is usual unless given.</summary>
    public ArchitectureHints? Architecture { get; init; }
}
