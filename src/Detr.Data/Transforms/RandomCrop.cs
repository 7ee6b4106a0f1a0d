using Detr.Imaging;
using Detr.Tensors;

namespace Detr.Data;

/// <summary>Cuts out a rectangle of random size and place; boxes are clipped to it, and those outside are gone.</summary>
/// <param name="Smallest">The least width and height, in pixels; a picture that is smaller keeps that side.</param>
/// <param name="Largest">The most width and height, in pixels.</param>
public sealed record RandomCrop(int Smallest, int Largest) : ITransform
{
    /// <inheritdoc/>
    public (RgbImage Image, BoxTargets Targets) Apply(RgbImage image, BoxTargets targets, RandomStream random)
    {
        int width = Side(image.Width, random), height = Side(image.Height, random);
        int x = random.Next(image.Width - width + 1), y = random.Next(image.Height - height + 1);
        return (ImageTransforms.Crop(image, x, y, width, height), TargetBuilder.Crop(targets, image.Width, image.Height, x, y, width, height));
    }

    private int Side(int side, RandomStream random)
    {
        int least = Math.Min(side, Smallest), most = Math.Min(side, Largest);
        return least + random.Next(most - least + 1);
    }
}
