namespace Detr.Models;

/// <summary>
/// The arithmetic of a forward pass, counted as the literature does: one for a multiplication with its addition, in
/// convolutions, linear layers and attention; normalisations, activations and softmax are left out.
/// </summary>
public static class MultiplyAdds
{
    /// <summary>Counts for one image, with the masks of all queries where the model has a mask head.</summary>
    /// <param name="options">The model's shape.</param>
    /// <param name="height">The image's rows.</param>
    /// <param name="width">The image's columns.</param>
    public static long Count(DetrOptions options, int height, int width)
    {
        (long backbone, IReadOnlyList<(int Height, int Width)> stages) = OfBackbone(options.Backbone, height, width);
        long detector = options.Variant switch
        {
            DetrVariant.DeformableDetr or DetrVariant.Dino => DeformableArithmetic.Count(options, stages),
            _ => DenseArithmetic.Count(options, (long)stages[^1].Height * stages[^1].Width),
        };
        return backbone + detector + (options.Masks ? MaskArithmetic.Count(options, stages) : 0);
    }

    /// <summary>Half a size, rounded up, as layers of stride 2 leave it.</summary>
    internal static (int Height, int Width) Half((int Height, int Width) size) => ((size.Height + 1) / 2, (size.Width + 1) / 2);

    /// <summary>The backbone's share, and the sizes of its stages' maps.</summary>
    private static (long Count, IReadOnlyList<(int Height, int Width)> Stages) OfBackbone(BackboneOptions options, int height, int width)
    {
        (int Height, int Width) size = Half((height, width));
        long count = Cells(size) * 3 * options.Width * options.StemKernel * options.StemKernel, inputs = options.Width;
        size = options.StemPooling ? Half(size) : size;
        List<(int Height, int Width)> stages = [];
        for (int stage = 0; stage < options.Blocks.Count; stage++)
        {
            long channels = (long)options.Width << stage, outputs = options.Bottleneck ? 4 * channels : channels;
            for (int block = 0; block < options.Blocks[stage]; block++)
            {
                long cellsBefore = Cells(size);
                bool halves = stage > 0 && block == 0 && !(options.Dilation && stage == options.Blocks.Count - 1);
                size = halves ? Half(size) : size;
                long cells = Cells(size);
                count += options.Bottleneck
                    ? (cellsBefore * inputs * channels) + (cells * 9 * channels * channels) + (cells * channels * outputs)
                    : cells * 9 * channels * (inputs + channels);
                count += halves || inputs != outputs ? cells * inputs * outputs : 0;
                inputs = outputs;
            }

            stages.Add(size);
        }

        return (count, stages);

        static long Cells((int Height, int Width) size) => (long)size.Height * size.Width;
    }
}
