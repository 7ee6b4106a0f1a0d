using Detr.Models;
using Detr.Onnx.Graph;
using Detr.Tensors;

namespace Detr.Onnx.Parts;

/// <summary>DINO between the image and its predictions.</summary>
internal static class DinoExport
{
    internal static Predictions Add(LayerExport layers, DetrModel model, string image, string mask)
    {
        (DetrOptions options, string name, OnnxGraph graph) = (model.Options, $"{model.Prefix}transformer", layers.Graph);
        (int channels, string decoder) = (options.Transformer.Channels, $"{name}.decoder");
        PyramidExport pyramid = new(layers, model, image, mask);
        DeformableTransformerExport transformer = new(layers, name, options, pyramid);
        ReferenceExport reference = new(graph, channels, Dino.Epsilon);
        GraphPart part = graph.Part(decoder);

        // Where queries begin is what cells propose; what they begin as is learned, by rank.
        CellProposalsExport proposals = new(layers, name, channels, pyramid, transformer.Memory);
        string scores = part.ReduceMax(layers.Linear(proposals.Cells, $"{name}.enc_out_class_embed"), 2), count = proposals.Count(scores, options.Queries);
        string anchors = proposals.Best(scores, count, $"{name}.enc_out_bbox_embed");
        Parameter content = layers.Parameters[$"{name}.tgt_embed.weight"];
        string x = part.Slice(graph.Weights(content.Name, [1, options.Queries, channels], content.AsSpan()), 1, graph.List(0), count);

        string filled = pyramid.Levels[0].Filled, filledTwice = part.Concat(2, filled, filled);
        for (int i = 0; i < options.Transformer.DecoderLayers; i++)
        {
            anchors = i == 0 ? anchors : reference.BoxesNear(anchors, layers.Perceptron(x, $"{decoder}.bbox_embed.0", count: 3));
            string sines = reference.Sines(part.Multiply(anchors, filledTwice), 1, 0, 2, 3);
            x = transformer.LayerWithinBoxes(i, x, layers.Perceptron(sines, $"{decoder}.ref_point_head", count: 2), anchors);
        }

        // The anchors move by what queries are before the norm, the prediction by what they are after it.
        string decoded = layers.LayerNorm(x, $"{decoder}.norm");
        return new Predictions(
            layers.Linear(decoded, $"{decoder}.class_embed.0"), reference.BoxesNear(anchors, layers.Perceptron(decoded, $"{decoder}.bbox_embed.0", count: 3)));
    }
}
