using Detr.Data.Evaluation;

namespace Detr;

/// <summary>An object that was found.</summary>
/// <param name="Query">The object query that found it.</param>
/// <param name="LabelId">The category's number.</param>
/// <param name="Label">What people call it.</param>
/// <param name="Score">The probability of the class, from 0 to 1.</param>
/// <param name="X0">The box's left edge, in pixels of the upright picture.</param>
/// <param name="Y0">The upper edge.</param>
/// <param name="X1">The right edge.</param>
/// <param name="Y1">The lower edge.</param>
public sealed record Detection(int Query, int LabelId, string Label, float Score, float X0, float Y0, float X1, float Y1)
{
    /// <summary>The box, which knows how far it overlaps another.</summary>
    internal ResultBox Box => new(X0, Y0, X1 - X0, Y1 - Y0);
}
