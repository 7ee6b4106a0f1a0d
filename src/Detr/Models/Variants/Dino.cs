using Detr.Tensors;

namespace Detr.Models;

/// <summary>
/// DINO (Zhang et al. 2022): Deformable DETR's attention and DAB-DETR's anchors. Queries begin at the best boxes that cells propose, with content
/// that is learned; an encoding of its anchor says where a query is; predictions teach the layer before as well.
/// </summary>
internal static class Dino
{
    /// <summary>Keeps logits of reference points finite, see <see cref="ElementOperations.InverseSigmoid"/>; as the authors' program.</summary>
    internal const float Epsilon = 1e-3f;

    internal static DetrParts Compose(ParameterSet parameters, string prefix, DetrOptions options)
    {
        (TransformerOptions transformer, int channels) = (options.Transformer, options.Transformer.Channels);
        string encoderName = $"{prefix}transformer.encoder", decoder = $"{prefix}transformer.decoder";
        PyramidProjection projection = new(parameters, prefix, options);
        TransformerEncoder encoder = new(parameters, encoderName, transformer, hasNorm: false, deformable: options.Deformable);
        DecoderLayer[] layers = new DecoderStack(parameters, $"{decoder}.layers", transformer).Sampling(options.Deformable);
        LayerNorm norm = new(parameters, $"{decoder}.norm", channels);
        EncodedAnchorPosition positions = new(parameters, $"{decoder}.ref_point_head", channels);
        MultiLayerPerceptron boxHead = new(parameters, $"{decoder}.bbox_embed.0", channels, channels, 4, layers: 3);
        Linear classHead = new(parameters, $"{decoder}.class_embed.0", channels, options.ClassLogits);
        return new DetrParts(
            projection,
            encoder,
            new MixedQueries(parameters, prefix, options),
            new Decoder(layers, norm, positions, new OffsetBoxes(boxHead.Forward, Epsilon, moves: true)),
            classHead);
    }
}
