using Detr.Models;
using Detr.Onnx.Graph;
using Detr.Tensors;

namespace Detr.Onnx.Parts;

/// <summary>Conditional DETR between the image and its predictions.</summary>
internal static class ConditionalDetrExport
{
    internal static Predictions Add(LayerExport layers, DetrModel model, string image, string mask)
    {
        (TransformerOptions options, string prefix, OnnxGraph graph) = (model.Options.Transformer, model.Prefix, layers.Graph);
        (int queries, string encoderName, string decoderName) = (model.Options.Queries, $"{prefix}transformer.encoder", $"{prefix}transformer.decoder");
        FeatureMapExport map = FeatureMapExport.Add(layers, model, image, mask);
        EncoderExport encoder = new(layers, encoderName, options);
        string memory = encoder.Add(map.Source, options.HasPositionInEncoder ? map.Position : null, encoder.ToAll(map.AttentionBias));
        ConditionalDecoderExport decoder = new(layers, decoderName, options, map, memory);
        ReferenceExport reference = new(graph, options.Channels, ConditionalDetr.Epsilon);

        // None of this depends on the image: a runtime computes it once.
        GraphPart part = graph.Part(decoderName);
        Shape shape = [1, queries, options.Channels];
        string position = graph.Weights($"{prefix}query_embed.weight", shape, model.Parameters[$"{prefix}query_embed.weight"].AsSpan());
        string x = graph.Weights($"{prefix}query_start", shape, new float[shape.Length]);
        string points = part.Sigmoid(layers.Perceptron(position, $"{decoderName}.ref_point_head", count: 2));
        string sines = reference.Sines(points, 1, 0);
        for (int i = 0; i < options.DecoderLayers; i++)
        {
            string weighed = i == 0 ? sines : part.Multiply(sines, layers.Perceptron(x, $"{decoderName}.query_scale", count: 2));
            x = decoder.Layer(i, x, position, weighed);
        }

        string decoded = layers.LayerNorm(x, $"{decoderName}.norm");
        return new Predictions(
            layers.Linear(decoded, $"{prefix}class_embed"),
            reference.BoxesNearPoints(points, queries, layers.Perceptron(decoded, $"{prefix}bbox_embed", count: 3)));
    }
}
