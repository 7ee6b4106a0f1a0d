using System.Buffers;
using Detr.Imaging;
using Detr.Tensors;

namespace Detr.Data;

/// <summary>Makes batches of pictures: normalised as the published backbones expect, padded to the largest.</summary>
public static class BatchBuilder
{
    /// <summary>Makes a batch.</summary>
    /// <param name="samples">At least one picture with its objects.</param>
    /// <param name="indices">Each picture's place in its data set.</param>
    public static DetectionBatch Build(IReadOnlyList<(RgbImage Image, BoxTargets Targets)> samples, IReadOnlyList<int> indices)
    {
        (int Height, int Width)[] sizes = [.. samples.Select(sample => (sample.Image.Height, sample.Image.Width))];
        PaddingMask padding = new(sizes.Max(size => size.Height), sizes.Max(size => size.Width), sizes);
        int plane = padding.Height * padding.Width, length = checked(samples.Count * 3 * plane);
        float[] pixels = ArrayPool<float>.Shared.Rent(length);
        if (padding.HasPadding)
        {
            pixels.AsSpan(0, length).Clear();
        }

        for (int i = 0; i < samples.Count; i++)
        {
            ImageNormalization.Normalize(samples[i].Image, pixels.AsSpan(i * 3 * plane, 3 * plane), padding.Width, plane);
        }

        return new DetectionBatch(pixels, padding, [.. samples.Select(sample => sample.Targets)], indices);
    }
}
