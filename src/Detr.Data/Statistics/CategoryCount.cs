namespace Detr.Data;

/// <summary>How often a category is there.</summary>
/// <param name="Category">The category.</param>
/// <param name="Objects">Objects of it, without crowds.</param>
/// <param name="Images">Photographs with at least one.</param>
public sealed record CategoryCount(Category Category, int Objects, int Images);
