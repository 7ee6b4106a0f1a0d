using Detr.Models;

namespace Detr.Explain;

/// <summary>A model's predictions for a picture, and what speaks for them.</summary>
/// <param name="Output">The predictions, in the caller's scope.</param>
/// <param name="Height">Rows of the feature map.</param>
/// <param name="Width">Its columns.</param>
/// <param name="Maps">By each method's name, a map for each query in the order asked for.</param>
public sealed record RelevanceOutput(DetrOutput Output, int Height, int Width, IReadOnlyDictionary<string, IReadOnlyList<RelevanceMap>> Maps);
