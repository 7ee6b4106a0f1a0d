using Detr.Tensors;

namespace Detr.Models;

/// <summary>
/// DAB-DETR (Liu et al. 2022): Conditional DETR whose queries are anchor boxes. Each layer makes their positions from the boxes, attends as wide
/// as they are, and moves them; encoder layers weigh positions by what cells have become, and feed-forward parts have a learned slope. DN-DETR (Li
/// et al. 2022) differs in what queries begin as, and in training.
/// </summary>
internal static class DabDetr
{
    /// <summary>Keeps logits of reference points finite, see <see cref="ElementOperations.InverseSigmoid"/>; as the authors' program.</summary>
    internal const float Epsilon = 1e-3f;

    internal static DetrParts Compose(ParameterSet parameters, string prefix, DetrOptions options)
    {
        TransformerOptions transformer = options.Transformer;
        int channels = transformer.Channels;
        string decoder = $"{prefix}transformer.decoder";
        TransformerEncoder encoder = new(parameters, $"{prefix}transformer.encoder", transformer, hasNorm: false, learnsSlopes: true, weighsPositions: true);
        DecoderLayer[] layers = new DecoderStack(parameters, $"{decoder}.layers", transformer).Conditional(learnsSlope: true);
        LayerNorm norm = new(parameters, $"{decoder}.norm", channels);
        AnchorQueryPosition positions = new(parameters, decoder, channels);
        MultiLayerPerceptron boxHead = new(parameters, $"{decoder}.bbox_embed", channels, channels, 4, layers: 3);
        IQuerySource queries = options.Variant == DetrVariant.DnDetr ? new LabelledAnchorQueries(parameters, prefix, options) : new AnchorQueries(parameters, prefix, options);
        Linear classHead = new(parameters, $"{prefix}class_embed", channels, options.ClassLogits);
        return new DetrParts(
            new SingleMapProjection(parameters, $"{prefix}input_proj", options.Backbone.OutputChannels, channels),
            encoder,
            queries,
            new Decoder(layers, norm, positions, new OffsetBoxes(boxHead.Forward, Epsilon, moves: true)),
            classHead);
    }
}
