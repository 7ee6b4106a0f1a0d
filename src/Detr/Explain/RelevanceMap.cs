namespace Detr.Explain;

/// <summary>How much each cell of the image's feature map speaks for a class at an object query.</summary>
/// <param name="Query">The object query.</param>
/// <param name="Label">The class, by its place among the model's logits.</param>
/// <param name="Height">Rows of the feature map.</param>
/// <param name="Width">Its columns.</param>
/// <param name="Values">[Height, Width], row-major, finite; how large values are differs from method to method.</param>
public sealed record RelevanceMap(int Query, int Label, int Height, int Width, float[] Values);
