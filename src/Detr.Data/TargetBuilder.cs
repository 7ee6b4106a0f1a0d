namespace Detr.Data;

/// <summary>Turns annotations into what the criterion wants.</summary>
public static class TargetBuilder
{
    /// <summary>Relative boxes of all objects that can be trained on: no crowds, clipped to the image, with an area.</summary>
    /// <param name="annotations">The image's annotations.</param>
    public static BoxTargets Build(ImageAnnotations annotations)
    {
        List<int> labels = [];
        List<float> boxes = [];
        foreach (ObjectAnnotation annotation in annotations.Objects)
        {
            float x0 = Math.Clamp(annotation.X0, 0, annotations.Width), x1 = Math.Clamp(annotation.X1, 0, annotations.Width);
            float y0 = Math.Clamp(annotation.Y0, 0, annotations.Height), y1 = Math.Clamp(annotation.Y1, 0, annotations.Height);
            if (annotation.IsCrowd || x1 <= x0 || y1 <= y0)
            {
                continue;
            }

            labels.Add(annotation.Category);
            boxes.AddRange((x0 + x1) / 2 / annotations.Width, (y0 + y1) / 2 / annotations.Height, (x1 - x0) / annotations.Width, (y1 - y0) / annotations.Height);
        }

        return new BoxTargets([.. labels], [.. boxes]);
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

        return targets with { Boxes = boxes };
    }
}
