using Detr.Models;
using Detr.Onnx.Graph;
using Detr.Tensors;

namespace Detr.Onnx.Parts;

/// <summary>DAB-DETR or DN-DETR between the image and its predictions.</summary>
internal static class DabDetrExport
{
    internal static Predictions Add(LayerExport layers, DetrModel model, string image, string mask)
    {
        (TransformerOptions options, string prefix, OnnxGraph graph) = (model.Options.Transformer, model.Prefix, layers.Graph);
        (string encoderName, string decoderName) = ($"{prefix}transformer.encoder", $"{prefix}transformer.decoder");
        FeatureMapExport map = FeatureMapExport.Add(layers, model, image, mask);
        EncoderExport encoder = new(layers, encoderName, options);
        string memory = encoder.Add(map.Source, options.HasPositionInEncoder ? map.Position : null, encoder.ToAll(map.AttentionBias));
        ConditionalDecoderExport decoder = new(layers, decoderName, options, map, memory);
        ReferenceExport reference = new(graph, options.Channels, DabDetr.Epsilon);

        AnchorQueriesExport queries = new(layers, prefix, model.Options);
        (string x, string anchors) = (queries.Content(), queries.Anchors());
        for (int i = 0; i < options.DecoderLayers; i++)
        {
            anchors = i == 0 ? anchors : reference.BoxesNear(anchors, layers.Perceptron(x, $"{decoderName}.bbox_embed", count: 3));
            string sines = reference.Sines(anchors, 1, 0, 2, 3);
            string position = layers.Perceptron(sines, $"{decoderName}.ref_point_head", count: 2);
            x = decoder.Layer(i, x, position, Modulated(layers, decoderName, options.Channels, i, x, sines, anchors));
        }

        // The anchors move by what queries are before the norm, the prediction by what they are after it.
        string decoded = layers.LayerNorm(x, $"{decoderName}.norm");
        return new Predictions(
            layers.Linear(decoded, $"{prefix}class_embed"),
            reference.BoxesNear(anchors, layers.Perceptron(decoded, $"{decoderName}.bbox_embed", count: 3)));
    }

    /// <summary>The sines of an anchor's centre, weighed by what the query is, and per axis by a size that it asks for over the anchor's (Liu et al. 2022, equation 6).</summary>
    private static string Modulated(LayerExport layers, string name, int channels, int layer, string x, string sines, string anchors)
    {
        (OnnxGraph graph, GraphPart part) = (layers.Graph, layers.Graph.Part(name));
        string centre = part.Slice(sines, 2, graph.List(0), graph.List(channels));
        centre = layer == 0 ? centre : part.Multiply(centre, layers.Perceptron(x, $"{name}.query_scale", count: 2));

        // Rows before columns, as cells have them: height, then width.
        string wanted = part.Gather(part.Sigmoid(layers.Perceptron(x, $"{name}.ref_anchor_head", count: 2)), graph.List(1, 0), 2);
        string byAxis = part.Divide(wanted, part.Gather(anchors, graph.List(3, 2), 2));
        return part.Reshape(part.Multiply(part.Reshape(centre, 0, 0, 2, channels / 2), part.Unsqueeze(byAxis, 3)), 0, 0, channels);
    }
}
