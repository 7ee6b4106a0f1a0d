using Detr.Tensors;

namespace Detr.Models;

/// <summary>
/// Conditional DETR (Meng et al. 2021): DETR whose queries attend to cells by content and by place apart, from a reference point that is learned
/// with the query and that its box is an offset from.
/// </summary>
internal static class ConditionalDetr
{
    /// <summary>Keeps logits of reference points finite, see <see cref="ElementOperations.InverseSigmoid"/>; as the authors' program.</summary>
    internal const float Epsilon = 1e-5f;

    internal static DetrParts Compose(ParameterSet parameters, string prefix, DetrOptions options)
    {
        TransformerOptions transformer = options.Transformer;
        int channels = transformer.Channels;
        string decoder = $"{prefix}transformer.decoder";
        TransformerEncoder encoder = new(parameters, $"{prefix}transformer.encoder", transformer, hasNorm: false);
        DecoderLayer[] layers = new DecoderStack(parameters, $"{decoder}.layers", transformer).Conditional(learnsSlope: false);
        LayerNorm norm = new(parameters, $"{decoder}.norm", channels);
        MultiLayerPerceptron scale = new(parameters, $"{decoder}.query_scale", channels, channels, channels, layers: 2);
        MultiLayerPerceptron point = new(parameters, $"{decoder}.ref_point_head", channels, channels, 2, layers: 2);
        Linear classHead = new(parameters, $"{prefix}class_embed", channels, options.ClassLogits);
        MultiLayerPerceptron boxHead = new(parameters, $"{prefix}bbox_embed", channels, channels, 4, layers: 3);
        LearnedQueries queries = new(parameters, $"{prefix}query_embed", options.Queries, channels);
        return new DetrParts(
            new SingleMapProjection(parameters, $"{prefix}input_proj", options.Backbone.OutputChannels, channels),
            encoder,
            new PointQueries(queries, point.Forward),
            new Decoder(layers, norm, new PointQueryPosition(channels, scale.Forward), new OffsetBoxes(boxHead.Forward, Epsilon, moves: false)),
            classHead);
    }
}
