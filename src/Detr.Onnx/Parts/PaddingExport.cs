using Detr.Onnx.Graph;

namespace Detr.Onnx.Parts;

/// <summary>The padding mask, from pixels to cells to attention.</summary>
/// <param name="graph">Takes the nodes.</param>
internal sealed class PaddingExport(OnnxGraph graph)
{
    private readonly GraphPart _part = graph.Part("padding");

    /// <summary>The mask at the features' size: each cell takes the pixel at floor(i · pixels / cells), in integers.</summary>
    /// <param name="mask">[batch, height, width] of pixels.</param>
    /// <param name="features">[batch, channels, height, width] of cells.</param>
    /// <returns>[batch, height, width] of cells.</returns>
    internal string Resize(string mask, string features)
        => _part.Gather(_part.Gather(mask, Nearest(mask, 1, features, 2), 1), Nearest(mask, 2, features, 3), 2);

    /// <summary>What attention adds to its scores: 0, or for a padded cell the lowest float, which no softmax sees any more.</summary>
    /// <param name="cells">[batch, height, width].</param>
    /// <returns>[batch, 1, 1, height · width].</returns>
    internal string AttentionBias(string cells)
        => _part.Where(_part.Reshape(cells, 0, 1, 1, -1), graph.Scalar(float.MinValue), graph.Scalar(0f));

    private string Nearest(string mask, int maskAxis, string features, int featureAxis)
    {
        string pixels = _part.ToScalar(_part.Size(mask, maskAxis)), cells = _part.ToScalar(_part.Size(features, featureAxis));
        return _part.Divide(_part.Multiply(_part.Range(cells), pixels), cells);
    }
}
