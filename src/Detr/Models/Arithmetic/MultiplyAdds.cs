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
        IReadOnlyList<(int Height, int Width)> stages = options.Backbone.StageSizes(height, width);
        long detector = options.Variant switch
        {
            DetrVariant.DeformableDetr or DetrVariant.Dino => DeformableArithmetic.Count(options, stages),
            _ => DenseArithmetic.Count(options, Cells(stages[^1])),
        };
        return OfBackbone(options.Backbone, stages, BackboneOptions.Half((height, width))) + detector + (options.Masks ? MaskArithmetic.Count(options, stages) : 0);
    }

    /// <summary>The backbone's share.</summary>
    /// <param name="options">Its shape.</param>
    /// <param name="stages">Sizes of its stages' maps.</param>
    /// <param name="stem">That of its stem's, before pooling.</param>
    private static long OfBackbone(BackboneOptions options, IReadOnlyList<(int Height, int Width)> stages, (int Height, int Width) stem)
    {
        long count = Cells(stem) * 3 * options.Width * options.StemKernel * options.StemKernel, inputs = options.Width, cellsBefore = Cells(stages[0]);
        for (int stage = 0; stage < options.Blocks.Count; stage++)
        {
            long channels = (long)options.Width << stage, outputs = options.StageChannels(stage), cells = Cells(stages[stage]);
            for (int block = 0; block < options.Blocks[stage]; block++)
            {
                count += options.Bottleneck
                    ? (cellsBefore * inputs * channels) + (cells * 9 * channels * channels) + (cells * channels * outputs)
                    : cells * 9 * channels * (inputs + channels);
                count += cells != cellsBefore || inputs != outputs ? cells * inputs * outputs : 0;
                (inputs, cellsBefore) = (outputs, cells);
            }
        }

        return count;
    }

    private static long Cells((int Height, int Width) size) => (long)size.Height * size.Width;
}
