namespace Detr.Models;

/// <summary>The arithmetic of a mask head: the encoder's map and the backbone's finer ones go through once, and the rest for each query.</summary>
internal static class MaskArithmetic
{
    /// <summary>Counts for one image and all its queries.</summary>
    /// <param name="options">The model's shape.</param>
    /// <param name="stages">Sizes of the backbone's maps.</param>
    internal static long Count(DetrOptions options, IReadOnlyList<(int Height, int Width)> stages)
    {
        BackboneOptions backbone = options.Backbone;
        long[] cells = [.. stages.Select(stage => (long)stage.Height * stage.Width)];
        long channels = options.Transformer.Channels, heads = options.Transformer.Heads, joined = channels + heads, queries = options.Queries;
        long count = (cells[^1] * channels * (channels + (9 * joined)))
            + (queries * ((channels * channels) + (cells[^1] * (channels + (9 * heads * joined) + (9 * joined * (channels / 2))))));
        int laterals = MaskHead.Laterals(backbone);
        for (int i = 1; i <= laterals; i++)
        {
            long inputs = channels >> i;
            count += cells[^(i + 1)] * inputs * (backbone.StageChannels(backbone.Blocks.Count - 1 - i) + (9 * queries * (inputs / 2)));
        }

        return count + (queries * cells[^(laterals + 1)] * 9 * (channels >> (laterals + 1)));
    }
}
