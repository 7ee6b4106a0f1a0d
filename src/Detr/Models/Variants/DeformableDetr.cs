using Detr.Tensors;

namespace Detr.Models;

/// <summary>
/// Deformable DETR (Zhu et al. 2021): a pyramid of feature maps, of which cells and queries sample a few places. Plain, boxes stand around
/// points that queries learn; with refinement each layer moves the boxes of the one before; in two stages they begin at what cells propose.
/// </summary>
internal static class DeformableDetr
{
    /// <summary>Keeps logits of reference points finite, see <see cref="ElementOperations.InverseSigmoid"/>; as the authors' program.</summary>
    internal const float Epsilon = 1e-5f;

    internal static DetrParts Compose(ParameterSet parameters, string prefix, DetrOptions options)
    {
        (TransformerOptions transformer, bool refines, bool twoStage) = (options.Transformer, options.Deformable.BoxRefinement, options.Deformable.TwoStage);
        if (twoStage && !refines)
        {
            throw new ArgumentException("What the first of two stages proposes are boxes that the second refines: two stages need box refinement.", nameof(options));
        }

        string encoderName = $"{prefix}transformer.encoder", decoder = $"{prefix}transformer.decoder";
        PyramidProjection projection = new(parameters, prefix, options);
        TransformerEncoder encoder = new(parameters, encoderName, transformer, hasNorm: false, deformable: options.Deformable);
        DecoderLayer[] layers = new DecoderStack(parameters, $"{decoder}.layers", transformer).Sampling(options.Deformable);

        // A head for each layer where boxes are refined, and one for proposals. What the authors' checkpoints save under several names has the first of them here.
        int heads = refines ? layers.Length + (twoStage ? 1 : 0) : 1, channels = transformer.Channels;
        MultiLayerPerceptron[] boxHeads = [.. Enumerable.Range(0, heads).Select(
            i => new MultiLayerPerceptron(parameters, refines ? $"{decoder}.bbox_embed.{i}" : $"{prefix}bbox_embed.{i}", channels, channels, 4, layers: 3))];
        Linear[] classHeads = [.. Enumerable.Range(0, heads).Select(
            i => new Linear(parameters, twoStage ? $"{decoder}.class_embed.{i}" : $"{prefix}class_embed.{i}", channels, options.ClassLogits))];
        IQuerySource queries = twoStage
            ? new ProposedQueries(parameters, prefix, options, classHeads[^1], boxHeads[^1])
            : new PointQueries(new PlacedQueries(parameters, $"{prefix}query_embed", options.Queries, channels), PointHead(parameters, prefix, channels));
        IBoxPrediction boxes = refines ? new RefinedBoxes(boxHeads[..layers.Length], Epsilon) : new OffsetBoxes(boxHeads[0].Forward, Epsilon, moves: false);
        return new DetrParts(
            projection, encoder, queries, new Decoder(layers, null, new LearnedQueryPosition(), boxes),
            refines ? classHeads[..layers.Length] : [.. Enumerable.Repeat(classHeads[0], layers.Length)]);
    }

    private static Func<ForwardContext, Tensor, Tensor> PointHead(ParameterSet parameters, string prefix, int channels)
    {
        Linear head = new(parameters, $"{prefix}transformer.reference_points", channels, 2);
        return (context, positions) => head.Forward(context, positions);
    }
}
