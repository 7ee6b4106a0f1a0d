using Detr.Data;
using Detr.Tensors;

namespace Detr.Models;

/// <summary>From a mask's logits to a picture's pixels.</summary>
public static class MaskPixels
{
    /// <summary>The pixels of detections in an image of a batch.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="head">The mask head.</param>
    /// <param name="output">The detector's predictions, with what masks are made from.</param>
    /// <param name="image">Which image of the batch; its pixels fill the batch's rectangle.</param>
    /// <param name="detections">Whose masks are wanted.</param>
    /// <param name="width">Pixels in a row of the picture that masks are wanted for.</param>
    /// <param name="height">Its rows.</param>
    public static IReadOnlyList<InstanceMask> Decide(
        ForwardContext context, MaskHead head, DetrOutput output, int image, IReadOnlyList<Detection> detections, int width, int height)
    {
        if (detections.Count == 0)
        {
            return [];
        }

        using Scope scope = context.Scope();
        Tensor masks = head.Forward(context, output.Masks!, image, [.. detections.Select(detection => detection.Query)]);
        (int maskHeight, int maskWidth) = (masks.Shape[1], masks.Shape[2]);
        int pixels = maskHeight * maskWidth;
        return [.. detections.Select((detection, i) => new InstanceMask(detection, Decide(masks.AsSpan().Slice(i * pixels, pixels), maskHeight, maskWidth, width, height)))];
    }

    /// <summary>The pixels that belong to an object more likely than not.</summary>
    /// <param name="mask">Logits, [mask height, mask width], of the whole picture.</param>
    /// <param name="maskHeight">Rows of the logits.</param>
    /// <param name="maskWidth">Columns of the logits.</param>
    /// <param name="width">Pixels in a row of the picture.</param>
    /// <param name="height">Its rows.</param>
    public static RunLengthMask Decide(ReadOnlySpan<float> mask, int maskHeight, int maskWidth, int width, int height)
    {
        MaskSampler sampler = new(maskHeight, maskWidth, height, width);
        bool[] inside = new bool[width * height];
        float[] logits = new float[width];
        for (int y = 0; y < height; y++)
        {
            sampler.Row(mask, y, logits);
            for (int x = 0; x < width; x++)
            {
                // The sigmoid passes one half where its logit passes zero.
                inside[(y * width) + x] = logits[x] > 0;
            }
        }

        return RunLengthMask.FromPixels(height, width, inside);
    }
}
