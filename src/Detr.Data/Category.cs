namespace Detr.Data;

/// <summary>A kind of object.</summary>
/// <param name="Id">Its number in the data set, which may have gaps.</param>
/// <param name="Name">What people call it.</param>
public sealed record Category(int Id, string Name)
{
    /// <summary>Whether it is counted by objects, like cars, or spreads out, like sky (stuff).</summary>
    public bool IsThing { get; init; } = true;
}
