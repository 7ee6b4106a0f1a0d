using Detr.Models;
using Detr.Onnx.Graph;

namespace Detr.Onnx.Parts;

/// <summary>The encoder and the decoder layers of detectors whose attention to the image samples.</summary>
internal sealed class DeformableTransformerExport
{
    private readonly LayerExport _layers;
    private readonly DetrOptions _options;
    private readonly string _name;
    private readonly PyramidExport _pyramid;
    private readonly DeformableAttentionExport _attention;

    /// <summary>Adds the encoder.</summary>
    /// <param name="layers">Takes the nodes.</param>
    /// <param name="name">The transformer's name in the model.</param>
    /// <param name="options">The model's shape.</param>
    /// <param name="pyramid">Its input.</param>
    internal DeformableTransformerExport(LayerExport layers, string name, DetrOptions options, PyramidExport pyramid)
    {
        (_layers, _name, _options, _pyramid, _attention) = (layers, name, options, pyramid, new DeformableAttentionExport(layers, options, pyramid));
        string references = pyramid.PointsOnLevels(pyramid.Places);
        Memory = new EncoderExport(layers, $"{name}.encoder", options.Transformer).Add(
            pyramid.Source, options.Transformer.HasPositionInEncoder ? pyramid.Position : null,
            (attention, placed, cells) => _attention.AroundPoints(attention, placed, references, cells));
    }

    /// <summary>The encoder's result, [batch, cells, channels].</summary>
    internal string Memory { get; }

    /// <summary>One decoder layer of queries that look around points.</summary>
    /// <param name="layer">Its number.</param>
    /// <param name="x">What the queries are, [1 or batch, queries, channels].</param>
    /// <param name="position">Where they are, of the same shape.</param>
    /// <param name="points">Their reference points, [1 or batch, queries, 2].</param>
    /// <returns>[batch, queries, channels].</returns>
    internal string LayerAroundPoints(int layer, string x, string position, string points)
        => Layer(layer, x, position, (name, placed) => _attention.AroundPoints(name, placed, _pyramid.PointsOnLevels(points), Memory));

    /// <summary>One decoder layer of queries that look within boxes, [1 or batch, queries, 4]; the rest as for points.</summary>
    internal string LayerWithinBoxes(int layer, string x, string position, string boxes)
        => Layer(layer, x, position, (name, placed) => _attention.WithinBoxes(name, placed, _pyramid.BoxesOnLevels(boxes), Memory));

    /// <summary>The authors count the norms in another order than DETR's.</summary>
    private string Layer(int layer, string x, string position, Func<string, string, string> attendToImage)
    {
        string name = $"{_name}.decoder.layers.{layer}";
        GraphPart part = _layers.Graph.Part(name);
        string placed = part.Add(x, position);
        x = _layers.AddAndNorm(x, new AttentionExport(_layers, $"{name}.self_attn", _options.Transformer.Heads).Add(placed, placed, x, null), $"{name}.norm2");
        x = _layers.AddAndNorm(x, attendToImage($"{name}.cross_attn", part.Add(x, position)), $"{name}.norm1");
        return _layers.AddAndNorm(x, _layers.FeedForward(x, name), $"{name}.norm3");
    }
}
