namespace Detr.Explain;

/// <summary>What was found in a picture, and what speaks for it.</summary>
/// <param name="Detections">Every query's detection, in query order.</param>
/// <param name="Height">Rows of the feature map that lies over the picture.</param>
/// <param name="Width">Its columns.</param>
/// <param name="Maps">By each method's name, a map for each explained query in the order asked for.</param>
public sealed record Explanation(
    IReadOnlyList<Detection> Detections, int Height, int Width, IReadOnlyDictionary<string, IReadOnlyList<RelevanceMap>> Maps);
