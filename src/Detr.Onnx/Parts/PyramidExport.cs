using Detr.Models;
using Detr.Onnx.Graph;
using Detr.Tensors;

namespace Detr.Onnx.Parts;

/// <summary>Several feature maps as tokens, one after the other: what detectors whose attention samples begin with.</summary>
internal sealed class PyramidExport
{
    private readonly GraphPart _part;

    /// <summary>Adds the backbone, the maps and where they lie.</summary>
    internal PyramidExport(LayerExport layers, DetrModel model, string image, string mask)
    {
        (DetrOptions options, string prefix, OnnxGraph graph) = (model.Options, model.Prefix, layers.Graph);
        PositionEncodingExport encoding = new(layers);
        PaddingExport padding = new(graph);
        _part = graph.Part($"{prefix}input_proj");
        List<string> sources = [], positions = [];
        List<PyramidLevel> levels = [];
        foreach (string map in Maps(layers, options, prefix, image))
        {
            string padded = padding.Resize(mask, map);
            string position = options.PositionEmbedding == PositionEmbedding.Sine
                ? encoding.Sine(padded, options.Transformer.Channels, options.SinePosition)
                : encoding.Learned(map, $"{prefix}backbone.1.row_embed.weight", $"{prefix}backbone.1.col_embed.weight");
            positions.Add(_part.Add(position, _part.Gather(layers.Parameter($"{prefix}transformer.level_embed"), graph.List(levels.Count), 0)));
            sources.Add(_part.Transpose(_part.Reshape(map, 0, options.Transformer.Channels, -1), 0, 2, 1));
            levels.Add(new PyramidLevel(graph, map, padded));
        }

        Levels = levels;
        Position = _part.Concat(1, [.. positions]);
        string source = _part.Concat(1, [.. sources]);
        Source = options.Transformer.HasPositionAtInput ? _part.Add(source, Position) : source;
        Present = _part.Concat(1, [.. levels.Select(level => level.Present)]);
        Filled = _part.Concat(1, [.. levels.Select(level => level.Filled)]);
        Places = _part.Concat(1, [.. levels.Select(level => level.Places)]);
    }

    /// <summary>The maps, finest first.</summary>
    internal IReadOnlyList<PyramidLevel> Levels { get; }

    /// <summary>The encoder's input, [batch, cells, channels].</summary>
    internal string Source { get; }

    /// <summary>Where the cells are, [1 or batch, cells, channels].</summary>
    internal string Position { get; }

    /// <summary>0 for padding and 1 for other cells, [batch, cells, 1].</summary>
    internal string Present { get; }

    /// <summary>The share of each level that each image fills, across and down, [batch, levels, 2].</summary>
    internal string Filled { get; }

    /// <summary>The cells' middles, [batch, cells, 2].</summary>
    internal string Places { get; }

    /// <summary>From points on the image to the same points on each level: [1 or batch, points, 2] to [batch, points, levels, 2].</summary>
    internal string PointsOnLevels(string points) => OnLevels(points, Filled);

    /// <summary>The same of boxes: [1 or batch, boxes, 4] to [batch, boxes, levels, 4].</summary>
    internal string BoxesOnLevels(string boxes) => OnLevels(boxes, _part.Concat(2, Filled, Filled));

    private string OnLevels(string places, string filled) => _part.Multiply(_part.Unsqueeze(places, 2), _part.Unsqueeze(filled, 1));

    private static List<string> Maps(LayerExport layers, DetrOptions options, string prefix, string image)
    {
        IReadOnlyList<string> stages = new BackboneExport(layers, $"{prefix}backbone.0.body.", options.Backbone).Stages(image);
        int used = PyramidProjection.StagesOf(options);
        List<string> maps = [];
        for (int level = 0; level < options.Deformable.Levels; level++)
        {
            bool isStage = level < used;
            string source = isStage ? stages[stages.Count - used + level] : level == used ? stages[^1] : maps[^1], name = $"{prefix}input_proj.{level}";
            string projected = layers.Convolution(source, $"{name}.0", isStage ? ConvolutionGeometry.Pointwise : new ConvolutionGeometry(2, 1));
            maps.Add(layers.GroupNorm(projected, $"{name}.1", PyramidProjection.GroupsOf(options)));
        }

        return maps;
    }
}
