using Detr.Models;
using Detr.Onnx.Graph;

namespace Detr.Onnx.Parts;

/// <summary>Queries' reference points, from 0 to 1: their encoding, and boxes that lie near them.</summary>
/// <param name="graph">Takes the nodes.</param>
/// <param name="channels">The transformer's channels.</param>
/// <param name="epsilon">Keeps the points' logits finite.</param>
internal sealed class ReferenceExport(OnnxGraph graph, int channels, float epsilon)
{
    private readonly GraphPart _part = graph.Part("reference");
    private readonly Lazy<WavesExport> _waves = new(() => new WavesExport(graph, "reference", new SinePositionOptions().Wavelengths(channels / 2)));

    /// <summary>Sines and cosines of coordinates.</summary>
    /// <param name="points">[1 or batch, queries, coordinates].</param>
    /// <param name="order">Which coordinates, in turn.</param>
    /// <returns>[1 or batch, queries, coordinates of the order · channels / 2].</returns>
    internal string Sines(string points, params ReadOnlySpan<long> order)
    {
        string angles = _part.Multiply(_part.Gather(points, graph.List(order), 2), graph.Scalar(2 * MathF.PI));
        return _part.Reshape(_waves.Value.Of(_part.Unsqueeze(angles, 3)), 0, 0, order.Length * channels / 2);
    }

    /// <summary>σ(offsets + σ⁻¹(boxes)).</summary>
    /// <param name="boxes">[1 or batch, queries, 4].</param>
    /// <param name="offsets">[1 or batch, queries, 4].</param>
    internal string BoxesNear(string boxes, string offsets) => _part.Sigmoid(_part.Add(offsets, Logits(boxes)));

    /// <summary>The same of points without a size, which the offsets alone say.</summary>
    /// <param name="points">[1, queries, 2].</param>
    /// <param name="queries">How many they are.</param>
    /// <param name="offsets">[1 or batch, queries, 4].</param>
    internal string BoxesNearPoints(string points, int queries, string offsets)
    {
        string sizes = graph.Weights("reference.sizes", [1, queries, 2], new float[2 * queries]);
        return _part.Sigmoid(_part.Add(offsets, _part.Concat(2, Logits(points), sizes)));
    }

    /// <summary>ln(max(x, ε) / max(1 − x, ε)).</summary>
    private string Logits(string x)
    {
        string smallest = graph.Scalar(epsilon), rest = _part.Subtract(graph.Scalar(1f), x);
        return _part.Log(_part.Divide(_part.Max(x, smallest), _part.Max(rest, smallest)));
    }
}
