namespace Detr.Models;

/// <summary>The smallest and the largest number of a layer's results.</summary>
/// <param name="Low">The smallest.</param>
/// <param name="High">The largest.</param>
public readonly record struct ActivationRange(float Low, float High);
