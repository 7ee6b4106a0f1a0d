using Detr.Tensors;

namespace Detr.Models;

/// <summary>
/// DETR (Carion et al. 2020, section 3.2): learned queries that are added wherever queries attend, attention to all cells, and a box
/// that is read from each query as it is.
/// </summary>
internal static class OriginalDetr
{
    internal static DetrParts Compose(ParameterSet parameters, string prefix, DetrOptions options)
    {
        TransformerOptions transformer = options.Transformer;
        int channels = transformer.Channels;
        TransformerEncoder encoder = new(parameters, $"{prefix}transformer.encoder", transformer, hasNorm: transformer.PreNorm);
        DecoderLayer[] layers = new DecoderStack(parameters, $"{prefix}transformer.decoder.layers", transformer).Dense();
        LayerNorm norm = new(parameters, $"{prefix}transformer.decoder.norm", channels);
        Linear classHead = new(parameters, $"{prefix}class_embed", channels, options.ClassLogits);
        MultiLayerPerceptron boxHead = new(parameters, $"{prefix}bbox_embed", channels, channels, 4, layers: 3);
        LearnedQueries queries = new(parameters, $"{prefix}query_embed", options.Queries, channels);
        return new DetrParts(
            new SingleMapProjection(parameters, $"{prefix}input_proj", options.Backbone.OutputChannels, channels),
            encoder,
            queries,
            new Decoder(layers, norm, new LearnedQueryPosition(), new DirectBoxes(boxHead.Forward)),
            classHead);
    }
}
