namespace Detr.Models;

/// <summary>
/// The arithmetic of a forward pass, counted as the literature does: one for a multiplication with its addition, in
/// convolutions, linear layers and attention; normalisations, activations and softmax are left out.
/// </summary>
public static class MultiplyAdds
{
    /// <summary>Counts for one image.</summary>
    /// <param name="options">The model's shape.</param>
    /// <param name="height">The image's rows.</param>
    /// <param name="width">The image's columns.</param>
    public static long Count(DetrOptions options, int height, int width)
    {
        long count = OfBackbone(options.Backbone, ref height, ref width);
        long tokens = (long)height * width, channels = options.Transformer.Channels;
        return count
            + (tokens * options.Backbone.OutputChannels * channels)
            + OfTransformer(options.Transformer, tokens, options.Queries)
            + (options.Queries * ((channels * (options.Classes + 1)) + (2 * channels * channels) + (4 * channels)));
    }

    /// <summary>The backbone's share; leaves the size of its last features.</summary>
    private static long OfBackbone(BackboneOptions options, ref int height, ref int width)
    {
        Halve(ref height, ref width);
        long count = (long)height * width * 3 * options.Width * options.StemKernel * options.StemKernel;
        if (options.StemPooling)
        {
            Halve(ref height, ref width);
        }

        long inputs = options.Width;
        for (int stage = 0; stage < options.Blocks.Count; stage++)
        {
            long channels = (long)options.Width << stage, outputs = options.Bottleneck ? 4 * channels : channels;
            for (int block = 0; block < options.Blocks[stage]; block++)
            {
                long cellsBefore = (long)height * width;
                bool halves = stage > 0 && block == 0 && !(options.Dilation && stage == options.Blocks.Count - 1);
                if (halves)
                {
                    Halve(ref height, ref width);
                }

                long cells = (long)height * width;
                count += options.Bottleneck
                    ? (cellsBefore * inputs * channels) + (cells * 9 * channels * channels) + (cells * channels * outputs)
                    : cells * 9 * channels * (inputs + channels);
                count += halves || inputs != outputs ? cells * inputs * outputs : 0;
                inputs = outputs;
            }
        }

        return count;
    }

    private static long OfTransformer(TransformerOptions options, long tokens, long queries)
    {
        long encoderLayer = OfAttention(options, tokens, tokens) + OfFeedForward(options, tokens);
        long decoderLayer = OfAttention(options, queries, queries) + OfAttention(options, queries, tokens) + OfFeedForward(options, queries);
        return (options.EncoderLayers * encoderLayer) + (options.DecoderLayers * decoderLayer);
    }

    /// <summary>Projections of queries and results, of keys and values; scores and their sums of values.</summary>
    private static long OfAttention(TransformerOptions options, long queries, long keys)
        => (2 * (queries + keys) * options.Channels * options.Channels) + (2 * queries * keys * options.Channels);

    private static long OfFeedForward(TransformerOptions options, long tokens) => 2 * tokens * options.Channels * options.FeedForward;

    private static void Halve(ref int height, ref int width) => (height, width) = ((height + 1) / 2, (width + 1) / 2);
}
