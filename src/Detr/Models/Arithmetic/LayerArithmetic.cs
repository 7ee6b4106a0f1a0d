namespace Detr.Models;

/// <summary>The arithmetic of layers that detectors share.</summary>
internal static class LayerArithmetic
{
    /// <summary>Projections of queries and results, of keys and values; scores and their sums of values.</summary>
    internal static long Attention(TransformerOptions options, long queries, long keys)
        => (2 * (queries + keys) * options.Channels * options.Channels) + (2 * queries * keys * options.Channels);

    /// <summary>Two layers with more channels between them.</summary>
    internal static long FeedForward(TransformerOptions options, long tokens) => 2 * tokens * options.Channels * options.FeedForward;

    /// <summary>Two layers with as many channels between them as come in.</summary>
    internal static long Perceptron(long tokens, long channels, long outputs) => tokens * channels * (channels + outputs);

    /// <summary>A box read from each token.</summary>
    internal static long BoxHead(long tokens, long channels) => tokens * channels * ((2 * channels) + 4);

    /// <summary>A number for each class read from each token.</summary>
    internal static long ClassHead(DetrOptions options, long tokens) => tokens * options.Transformer.Channels * options.ClassLogits;
}
