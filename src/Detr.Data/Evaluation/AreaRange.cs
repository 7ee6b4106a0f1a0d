namespace Detr.Data.Evaluation;

/// <summary>COCO's sizes of objects, in square pixels.</summary>
/// <param name="Low">The smallest area that belongs to the range.</param>
/// <param name="High">The largest.</param>
internal readonly record struct AreaRange(double Low, double High)
{
    internal static readonly AreaRange[] All = [new(0, 1e10), new(0, 32 * 32), new(32 * 32, 96 * 96), new(96 * 96, 1e10)];

    internal bool Excludes(double area) => area < Low || area > High;
}
