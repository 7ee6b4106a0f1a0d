namespace Detr.Data;

/// <summary>The objects of one image, as training wants them.</summary>
/// <param name="Labels">The class of each object.</param>
/// <param name="Boxes">[objects, 4]: centre x and y, width and height, relative to the image.</param>
public sealed record BoxTargets(int[] Labels, float[] Boxes)
{
    /// <summary>The mask of each object; null where masks are not wanted.</summary>
    public IReadOnlyList<MaskTarget>? Masks { get; init; }

    /// <summary>How many objects there are.</summary>
    public int Count => Labels.Length;

    /// <summary>The box of one object.</summary>
    public ReadOnlySpan<float> Box(int index) => Boxes.AsSpan(4 * index, 4);
}
