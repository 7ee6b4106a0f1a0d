using Detr.Tensors;

namespace Detr.Data;

/// <summary>Images of one training or evaluation step, side by side.</summary>
/// <param name="Pixels">[images, 3, height, width], normalised, zero where padded.</param>
/// <param name="Padding">Which pixels are padding.</param>
/// <param name="Targets">The objects of each image.</param>
/// <param name="Indices">Each image's place in its data set.</param>
public sealed record DetectionBatch(float[] Pixels, PaddingMask Padding, IReadOnlyList<BoxTargets> Targets, IReadOnlyList<int> Indices)
{
    /// <summary>How many images there are.</summary>
    public int Count => Targets.Count;

    /// <summary>The shape of the pixels.</summary>
    public Shape Shape => [Count, 3, Padding.Height, Padding.Width];
}
