namespace Detr.Models;

/// <summary>The arithmetic behind the backbone of detectors that sample points of several maps: Deformable DETR and DINO.</summary>
internal static class DeformableArithmetic
{
    // A sample is made of four cells, and weighed.
    private const int ReadsOfSample = 5;

    internal static long Count(DetrOptions options, IReadOnlyList<(int Height, int Width)> stages)
    {
        TransformerOptions transformer = options.Transformer;
        bool isDino = options.Variant == DetrVariant.Dino, proposes = isDino || options.Deformable.TwoStage, refines = proposes || options.Deformable.BoxRefinement;
        (long count, long cells) = Projection(options, stages);
        long channels = transformer.Channels, square = channels * channels, queries = options.Queries, layers = transformer.DecoderLayers;
        count += transformer.EncoderLayers * (Sampling(options, cells, cells) + LayerArithmetic.FeedForward(transformer, cells));
        count += layers * (LayerArithmetic.Attention(transformer, queries, queries) + Sampling(options, queries, cells) + LayerArithmetic.FeedForward(transformer, queries));
        count += isDino ? layers * 3 * queries * square : 0;
        count += proposes
            ? (cells * square) + LayerArithmetic.ClassHead(options, cells) + LayerArithmetic.BoxHead(cells, channels) + (isDino ? 0 : 4 * queries * square)
            : 2 * queries * channels;
        return count + LayerArithmetic.ClassHead(options, queries) + ((refines ? layers : 1) * LayerArithmetic.BoxHead(queries, channels));
    }

    /// <summary>Maps of the transformer's channels: of the backbone's last stages, and coarser ones made of the last.</summary>
    private static (long Count, long Cells) Projection(DetrOptions options, IReadOnlyList<(int Height, int Width)> stages)
    {
        long channels = options.Transformer.Channels, inputs = options.Backbone.OutputChannels, count = 0, all = 0;
        int known = Math.Min(options.Deformable.Levels, stages.Count - 1);
        (int Height, int Width) size = stages[^1];
        for (int level = 0; level < options.Deformable.Levels; level++)
        {
            int stage = stages.Count - known + level;
            size = level < known ? stages[stage] : BackboneOptions.Half(size);
            long cells = (long)size.Height * size.Width;
            count += cells * channels * (level < known ? options.Backbone.StageChannels(stage) : 9 * inputs);
            inputs = level < known ? inputs : channels;
            all += cells;
        }

        return (count, all);
    }

    /// <summary>Attention to points: projections of values and results, where points are and what they weigh, and the samples.</summary>
    private static long Sampling(DetrOptions options, long queries, long cells)
    {
        long channels = options.Transformer.Channels, points = (long)options.Deformable.Levels * options.Deformable.Points;
        return ((cells + queries) * channels * channels) + (3 * queries * channels * options.Transformer.Heads * points) + (ReadsOfSample * queries * points * channels);
    }
}
