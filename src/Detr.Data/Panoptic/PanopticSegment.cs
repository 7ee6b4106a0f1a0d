using Detr.Data.Evaluation;

namespace Detr.Data;

/// <summary>One segment of a picture: an object, or all of one sort of stuff.</summary>
/// <param name="Id">Its id in the picture's map, from 0 to <see cref="PanopticMap.LargestId"/>; 0 only where nothing is void.</param>
/// <param name="CategoryId">Its category's number in the data set.</param>
public sealed record PanopticSegment(int Id, int CategoryId)
{
    /// <summary>Whether it stands for a crowd: objects too many to tell apart, which nobody is asked to find.</summary>
    public bool IsCrowd { get; init; }

    /// <summary>How many pixels it has; known when it was measured.</summary>
    public long Area { get; init; }

    /// <summary>The smallest box around its pixels; known when it was measured.</summary>
    public ResultBox Box { get; init; }

    /// <summary>How sure the model that predicted it is, from 0 to 1; null where nobody said.</summary>
    public double? Score { get; init; }

    /// <summary>The segment as an object to detect.</summary>
    /// <param name="category">Its category's place in the data set's list.</param>
    internal ObjectAnnotation ToObject(int category) => new(category, (float)Box.X, (float)Box.Y, (float)(Box.X + Box.Width), (float)(Box.Y + Box.Height)) { Id = Id, IsCrowd = IsCrowd, Area = Area };
}
