namespace Detr.Models;

/// <summary>The arithmetic behind the backbone of detectors whose queries attend to all cells of one map: DETR, Conditional DETR, DAB-DETR and DN-DETR.</summary>
internal static class DenseArithmetic
{
    internal static long Count(DetrOptions options, long cells)
    {
        TransformerOptions transformer = options.Transformer;
        long channels = transformer.Channels, queries = options.AllQueries;
        bool hasAnchors = options.Variant is DetrVariant.DabDetr or DetrVariant.DnDetr;
        long encoderLayer = LayerArithmetic.Attention(transformer, cells, cells) + LayerArithmetic.FeedForward(transformer, cells)
            + (hasAnchors ? LayerArithmetic.Perceptron(cells, channels, channels) : 0);
        long decoder = options.Variant == DetrVariant.Detr ? Original(transformer, cells, queries) : Conditional(transformer, cells, queries, hasAnchors);
        return (cells * options.Backbone.OutputChannels * channels) + (transformer.EncoderLayers * encoderLayer) + decoder
            + LayerArithmetic.ClassHead(options, queries) + LayerArithmetic.BoxHead(queries, channels);
    }

    private static long Original(TransformerOptions options, long cells, long queries)
        => options.DecoderLayers
            * (LayerArithmetic.Attention(options, queries, queries) + LayerArithmetic.Attention(options, queries, cells) + LayerArithmetic.FeedForward(options, queries));

    /// <summary>Content and place are projected apart, and where queries attend to cells they stand beside each other.</summary>
    private static long Conditional(TransformerOptions options, long cells, long queries, bool hasAnchors)
    {
        long channels = options.Channels, square = channels * channels, layers = options.DecoderLayers;
        long self = (6 * queries * square) + (2 * queries * queries * channels);
        long cross = (((3 * cells) + (3 * queries)) * square) + (3 * queries * cells * channels);
        long count = (layers * (self + cross + LayerArithmetic.FeedForward(options, queries))) + (queries * square)
            + ((layers - 1) * LayerArithmetic.Perceptron(queries, channels, channels));
        long position = hasAnchors
            ? (layers * ((3 * queries * square) + LayerArithmetic.Perceptron(queries, channels, 2))) + ((layers - 1) * LayerArithmetic.BoxHead(queries, channels))
            : LayerArithmetic.Perceptron(queries, channels, 2);
        return count + position;
    }
}
