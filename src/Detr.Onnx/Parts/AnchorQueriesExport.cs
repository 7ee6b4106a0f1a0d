using Detr.Models;
using Detr.Onnx.Graph;
using Detr.Tensors;

namespace Detr.Onnx.Parts;

/// <summary>Queries that are learned boxes, all of them once for each pattern; of DN-DETR those that look for objects alone.</summary>
/// <param name="layers">Takes the nodes.</param>
/// <param name="prefix">What stands before each name.</param>
/// <param name="options">The model's shape.</param>
internal sealed class AnchorQueriesExport(LayerExport layers, string prefix, DetrOptions options)
{
    private readonly OnnxGraph _graph = layers.Graph;
    private readonly GraphPart _part = layers.Graph.Part($"{prefix}queries");
    private readonly int _patterns = Math.Max(1, options.QueryPatterns);
    private readonly int _channels = options.Transformer.Channels;

    /// <summary>What they begin as, [1, queries, channels].</summary>
    internal string Content()
    {
        string content = options.QueryPatterns > 0
            ? _graph.Weights($"{prefix}transformer.patterns.weight", [_patterns, 1, _channels], layers.Parameters[$"{prefix}transformer.patterns.weight"].AsSpan())
            : _graph.Weights($"{prefix}query_start", [1, 1, _channels], new float[_channels]);
        return ForEachPattern(options.Variant == DetrVariant.DnDetr ? _part.Add(content, NoClass()) : content, _channels);
    }

    /// <summary>The boxes, [1, queries, 4].</summary>
    internal string Anchors() => ForEachPattern(_part.Sigmoid(layers.Parameter($"{prefix}refpoint_embed.weight")), 4);

    /// <summary>The last row of what classes begin as, and 0 for having no noise.</summary>
    private string NoClass()
    {
        Parameter labels = layers.Parameters[$"{prefix}label_enc.weight"];
        float[] row = new float[_channels];
        labels.AsSpan()[^(_channels - 1)..].CopyTo(row);
        return _graph.Weights($"{labels.Name}.none", [_channels], row);
    }

    private string ForEachPattern(string x, int size)
        => _part.Reshape(_part.Expand(x, _graph.List(_patterns, options.Queries, size)), 1, -1, size);
}
