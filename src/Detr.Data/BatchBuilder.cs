using Detr.Imaging;
using Detr.Tensors;

namespace Detr.Data;

/// <summary>Makes batches of pictures: normalised as the published backbones expect, padded to the largest.</summary>
public static class BatchBuilder
{
    private static readonly float[] Mean = [0.485f, 0.456f, 0.406f];
    private static readonly float[] Deviation = [0.229f, 0.224f, 0.225f];

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
            for (int y = 0; y < image.Height; y++)
            {
                ReadOnlySpan<byte> row = image.Row(y);
                padded.AsSpan(((i * height) + y) * width, image.Width).Clear();
                for (int c = 0; c < 3; c++)
                {
                    Span<float> target = pixels.AsSpan(((((i * 3) + c) * height) + y) * width, image.Width);
                    for (int x = 0; x < target.Length; x++)
                    {
                        target[x] = ((row[(3 * x) + c] / 255f) - Mean[c]) / Deviation[c];
                    }
                }
            }
        }

        return new DetectionBatch(pixels, new PaddingMask(samples.Count, height, width, padded), [.. samples.Select(sample => sample.Targets)], indices);
    }
}
