namespace Detr.Data;

/// <summary>Turns annotations into what the criterion wants.</summary>
public static class TargetBuilder
{
    // What rounding leaves of a box that ends where a crop begins; a hundredth of a pixel is no object.
    private const float SmallestExtent = 0.01f;

    /// <summary>Relative boxes of all objects that can be trained on: no crowds, clipped to the image, with an area.</summary>
    /// <param name="annotations">The image's annotations.</param>
    public static BoxTargets Build(ImageAnnotations annotations) => Build(annotations, null);

    /// <summary>The same with masks.</summary>
    /// <param name="annotations">The image's annotations.</param>
    /// <param name="masks">Each annotation's mask; null for none.</param>
    /// <exception cref="ArgumentException">There are not as many masks as annotations.</exception>
    public static BoxTargets Build(ImageAnnotations annotations, IReadOnlyList<RunLengthMask>? masks)
    {
        if (masks is not null && masks.Count != annotations.Objects.Count)
        {
            throw new ArgumentException($"{annotations.FileName} has {annotations.Objects.Count} objects and {masks.Count} masks.", nameof(masks));
        }

        List<int> labels = [];
        List<float> boxes = [];
        List<MaskTarget> kept = [];
        for (int i = 0; i < annotations.Objects.Count; i++)
        {
            ObjectAnnotation annotation = annotations.Objects[i];
            float x0 = Math.Clamp(annotation.X0, 0, annotations.Width), x1 = Math.Clamp(annotation.X1, 0, annotations.Width);
            float y0 = Math.Clamp(annotation.Y0, 0, annotations.Height), y1 = Math.Clamp(annotation.Y1, 0, annotations.Height);
            if (annotation.IsCrowd || x1 <= x0 || y1 <= y0)
            {
                continue;
            }

            labels.Add(annotation.Category);
            boxes.AddRange((x0 + x1) / 2 / annotations.Width, (y0 + y1) / 2 / annotations.Height, (x1 - x0) / annotations.Width, (y1 - y0) / annotations.Height);
            if (masks is not null)
            {
                kept.Add(new MaskTarget(masks[i]));
            }
        }

        return new BoxTargets([.. labels], [.. boxes]) { Masks = masks is null ? null : kept };
    }

    /// <summary>The boxes of a picture that was flipped left to right.</summary>
    /// <param name="targets">The boxes before.</param>
    public static BoxTargets FlipHorizontal(BoxTargets targets)
    {
        float[] boxes = [.. targets.Boxes];
        for (int i = 0; i < boxes.Length; i += 4)
        {
            boxes[i] = 1 - boxes[i];
        }

        return targets with { Boxes = boxes, Masks = targets.Masks?.Select(mask => mask.FlipHorizontal()).ToArray() };
    }

    /// <summary>The boxes of a rectangle that was cut out of a picture: clipped to it, without those that have no area left.</summary>
    /// <param name="targets">The boxes before.</param>
    /// <param name="imageWidth">Pixels in a row of the picture before.</param>
    /// <param name="imageHeight">Its rows.</param>
    /// <param name="x">The rectangle's first column.</param>
    /// <param name="y">Its first row.</param>
    /// <param name="width">Its columns.</param>
    /// <param name="height">Its rows.</param>
    /// <param name="leastShare">Boxes of which less than this share of their area is left are gone, too.</param>
    public static BoxTargets Crop(BoxTargets targets, int imageWidth, int imageHeight, int x, int y, int width, int height, double leastShare = 0)
    {
        List<int> labels = [];
        List<float> boxes = [];
        List<MaskTarget> masks = [];
        for (int i = 0; i < targets.Count; i++)
        {
            ReadOnlySpan<float> box = targets.Box(i);
            (float x0, float x1) = Clip(box[0], box[2], imageWidth, x, width);
            (float y0, float y1) = Clip(box[1], box[3], imageHeight, y, height);
            float columns = (x1 - x0) * width, rows = (y1 - y0) * height;
            if (columns > SmallestExtent && rows > SmallestExtent && (double)columns * rows >= leastShare * box[2] * imageWidth * box[3] * imageHeight)
            {
                labels.Add(targets.Labels[i]);
                boxes.AddRange((x0 + x1) / 2, (y0 + y1) / 2, x1 - x0, y1 - y0);
                if (targets.Masks is not null)
                {
                    masks.Add(targets.Masks[i].Crop(imageWidth, imageHeight, x, y, width, height));
                }
            }
        }

        return new BoxTargets([.. labels], [.. boxes]) { Masks = targets.Masks is null ? null : masks };
    }

    /// <summary>One axis of a relative box, relative to a part of that axis.</summary>
    private static (float Low, float High) Clip(float centre, float extent, int whole, int start, int length)
        => (Math.Clamp((((centre - (extent / 2)) * whole) - start) / length, 0, 1), Math.Clamp((((centre + (extent / 2)) * whole) - start) / length, 0, 1));
}
