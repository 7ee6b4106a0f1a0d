using Detr.Models;
using Detr.Onnx.Graph;
using Detr.Tensors;

namespace Detr.Onnx.Parts;

/// <summary>DETR between the image and its predictions.</summary>
internal static class OriginalDetrExport
{
    internal static Predictions Add(LayerExport layers, DetrModel model, string image, string mask)
    {
        (DetrOptions options, string prefix, OnnxGraph graph) = (model.Options, model.Prefix, layers.Graph);
        FeatureMapExport map = FeatureMapExport.Add(layers, model, image, mask);
        Shape queryShape = [1, options.Queries, options.Transformer.Channels];
        string queries = graph.Weights($"{prefix}query_embed.weight", queryShape, model.Parameters[$"{prefix}query_embed.weight"].AsSpan());
        string start = graph.Weights($"{prefix}query_start", queryShape, new float[queryShape.Length]);
        string decoded = new TransformerExport(layers, $"{prefix}transformer.", options.Transformer).Add(
            map.Source, options.Transformer.HasPositionInEncoder ? map.Position : null, options.Transformer.HasPositionInDecoder ? map.Position : null,
            map.AttentionBias, start, queries);
        string boxes = $"{prefix}bbox_embed";
        return new Predictions(layers.Linear(decoded, $"{prefix}class_embed"), graph.Part(boxes).Sigmoid(layers.Perceptron(decoded, boxes, count: 3)));
    }
}
