namespace Detr.Data;

/// <summary>An object in a photograph.</summary>
/// <param name="Category">Its kind, as an index into the data set's categories.</param>
/// <param name="X0">The box's left edge, in pixels.</param>
/// <param name="Y0">The box's upper edge.</param>
/// <param name="X1">The box's right edge.</param>
/// <param name="Y1">The box's lower edge.</param>
public sealed record ObjectAnnotation(int Category, float X0, float Y0, float X1, float Y1)
{
    /// <summary>The annotation's number: its own in COCO's format, elsewhere its place in the photograph's file of annotations, from 1.</summary>
    public long Id { get; init; }

    /// <summary>Whether it stands for a crowd, which is neither trained on nor counted as missed.</summary>
    public bool IsCrowd { get; init; }

    /// <summary>The object's area in pixels, by which sizes are told apart; the mask's where there is one.</summary>
    public float Area { get; init; } = (X1 - X0) * (Y1 - Y0);
}
