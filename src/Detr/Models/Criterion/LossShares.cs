namespace Detr.Models;

/// <summary>What a set of predictions' losses are multiplied by, so that they are means over the step's queries and objects.</summary>
/// <param name="Class">For the class loss.</param>
/// <param name="Box">For both losses of boxes.</param>
internal readonly record struct LossShares(float Class, float Box);
