namespace Detr.Data.Evaluation;

/// <summary>An object that should be found.</summary>
/// <param name="ImageId">The photograph's number.</param>
/// <param name="CategoryId">The category's number.</param>
/// <param name="Box">Where.</param>
/// <param name="Area">Its area in pixels, the mask's where there is one.</param>
/// <param name="IsCrowd">Whether it stands for a crowd: finding it earns nothing and costs nothing.</param>
public readonly record struct TrueObject(long ImageId, int CategoryId, ResultBox Box, double Area, bool IsCrowd)
{
    /// <summary>Its pixels, where masks are scored.</summary>
    public RunLengthMask? Mask { get; init; }
}
