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
        int height = samples.Max(sample => sample.Image.Height), width = samples.Max(sample => sample.Image.Width);
        float[] pixels = new float[samples.Count * 3 * height * width];
        bool[] padded = new bool[samples.Count * height * width];
        padded.AsSpan().Fill(true);
        for (int i = 0; i < samples.Count; i++)
        {
            RgbImage image = samples[i].Image;
            ImageNormalization.Normalize(image, pixels.AsSpan(i * 3 * height * width), width, height * width);
            for (int y = 0; y < image.Height; y++)
            {
                padded.AsSpan(((i * height) + y) * width, image.Width).Clear();
            }
        }

        return new DetectionBatch(pixels, new PaddingMask(samples.Count, height, width, padded), [.. samples.Select(sample => sample.Targets)], indices);
    }
}
