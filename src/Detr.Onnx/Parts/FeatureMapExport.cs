using Detr.Models;
using Detr.Onnx.Graph;

namespace Detr.Onnx.Parts;

/// <summary>One feature map as tokens, what detectors whose attention sees all cells begin with.</summary>
/// <param name="Source">The encoder's input, [batch, cells, channels].</param>
/// <param name="Position">Where the cells are, [1 or batch, cells, channels].</param>
/// <param name="AttentionBias">Keeps padding out of attention, [batch, 1, 1, cells].</param>
internal sealed record FeatureMapExport(string Source, string Position, string AttentionBias)
{
    /// <summary>The backbone, its last map's projection and positions.</summary>
    internal static FeatureMapExport Add(LayerExport layers, DetrModel model, string image, string mask)
    {
        (DetrOptions options, string prefix) = (model.Options, model.Prefix);
        string features = new BackboneExport(layers, $"{prefix}backbone.0.body.", options.Backbone).Add(image);
        PaddingExport padding = new(layers.Graph);
        string cells = padding.Resize(mask, features);
        PositionEncodingExport encoding = new(layers);
        string position = options.PositionEmbedding == PositionEmbedding.Sine
            ? encoding.Sine(cells, options.Transformer.Channels, options.SinePosition)
            : encoding.Learned(features, $"{prefix}backbone.1.row_embed.weight", $"{prefix}backbone.1.col_embed.weight");
        string source = layers.Tokens(features, $"{prefix}input_proj");
        source = options.Transformer.HasPositionAtInput ? layers.Graph.Part($"{prefix}input_proj").Add(source, position) : source;
        return new FeatureMapExport(source, position, padding.AttentionBias(cells));
    }
}
