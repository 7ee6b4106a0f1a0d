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

    /// <summary>
    /// Whether scenes have grounds of several sorts, stuff to be segmented like the shapes, and not one ground that is nothing. Stuff
    /// then counts among the objects, and boxes are those of what can be seen, as in panoptic data sets.
    /// </summary>
    public bool HasStuff { get; init; }

    /// <summary>Which shapes and colours there are.</summary>
    public ShapesVariant Variant { get; init; }
}
