namespace Detr.Data;

/// <summary>What generated scenes look like.</summary>
public sealed record ShapesOptions
{
    /// <summary>Pixels along each side.</summary>
    public int Size { get; init; } = 128;

    /// <summary>The fewest objects in a scene.</summary>
    public int FewestObjects { get; init; } = 1;

    /// <summary>The most objects in a scene; crowded scenes may end up with fewer.</summary>
    public int MostObjects { get; init; } = 7;

    /// <summary>Which shapes and colours there are.</summary>
    public ShapesVariant Variant { get; init; }
}
