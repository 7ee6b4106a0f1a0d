using Detr.Models;
using Detr.Onnx.Graph;
using Detr.Tensors;

namespace Detr.Onnx.Parts;

/// <summary>The whole of DETR: image and mask in, classes and boxes out.</summary>
internal static class DetrExport
{
    /// <summary>The model as a graph.</summary>
    /// <exception cref="ArgumentException">It is one of DETR's successors.</exception>
    internal static OnnxGraph Build(DetrModel model)
    {
        if (model.Options.Variant != DetrVariant.Detr)
        {
            throw new ArgumentException($"A {DetrPresets.NameOf(model.Options.Variant)} cannot be written as ONNX, only a detr.", nameof(model));
        }

        OnnxGraph graph = new("DETR");
        LayerExport layers = new(graph, model.Parameters);
        DetrOptions options = model.Options;
        string prefix = model.Prefix;

        (string image, string mask) = ModelInterface.Inputs(graph);
        string features = new BackboneExport(layers, $"{prefix}backbone.0.body.", options.Backbone).Add(image);
        PaddingExport padding = new(graph);
        string cells = padding.Resize(mask, features);
        PositionEncodingExport encoding = new(layers);
        string position = options.PositionEmbedding == PositionEmbedding.Sine
            ? encoding.Sine(cells, options.Transformer.Channels, options.SinePosition)
            : encoding.Learned(features, $"{prefix}backbone.1.row_embed.weight", $"{prefix}backbone.1.col_embed.weight");

        Shape queryShape = [1, options.Queries, options.Transformer.Channels];
        string queries = graph.Weights($"{prefix}query_embed.weight", queryShape, model.Parameters[$"{prefix}query_embed.weight"].AsSpan());
        string start = graph.Weights($"{prefix}query_start", queryShape, new float[queryShape.Length]);
        string source = layers.Tokens(features, $"{prefix}input_proj");
        source = options.Transformer.HasPositionAtInput ? graph.Part($"{prefix}input_proj").Add(source, position) : source;
        string decoded = new TransformerExport(layers, $"{prefix}transformer.", options.Transformer, encoderNorm: options.Transformer.PreNorm)
            .Add(source, options.Transformer.HasPositionInEncoder ? position : null, options.Transformer.HasPositionInDecoder ? position : null, padding.AttentionBias(cells), start, queries);

        string boxes = $"{prefix}bbox_embed";
        GraphPart head = graph.Part(boxes);
        string hidden = head.Relu(layers.Linear(head.Relu(layers.Linear(decoded, $"{boxes}.layers.0")), $"{boxes}.layers.1"));
        ModelInterface.Outputs(
            graph, layers.Linear(decoded, $"{prefix}class_embed"), head.Sigmoid(layers.Linear(hidden, $"{boxes}.layers.2")), options.Queries, options.Classes);
        return graph;
    }
}
