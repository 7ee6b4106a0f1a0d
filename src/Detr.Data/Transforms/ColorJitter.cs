using Detr.Imaging;
using Detr.Tensors;

namespace Detr.Data;

/// <summary>Changes brightness, contrast, saturation and hue by chance and in a random order, as torchvision's transform of that name does.</summary>
/// <param name="Brightness">Factors lie from 1 - this to 1 + this, and not below 0.</param>
/// <param name="Contrast">Factors lie from 1 - this to 1 + this, and not below 0.</param>
/// <param name="Saturation">Factors lie from 1 - this to 1 + this, and not below 0.</param>
/// <param name="Hue">Turns lie from minus this to this, in whole turns; at most 0.5.</param>
public sealed record ColorJitter(double Brightness, double Contrast, double Saturation, double Hue) : ITransform
{
    private const int Steps = 4;

    /// <inheritdoc/>
    public (RgbImage Image, BoxTargets Targets) Apply(RgbImage image, BoxTargets targets, RandomStream random)
    {
        Span<int> order = [0, 1, 2, 3];
        for (int i = Steps - 1; i > 0; i--)
        {
            int j = random.Next(i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }

        Span<double> draws = [random.NextDouble(), random.NextDouble(), random.NextDouble(), random.NextDouble()];
        foreach (int step in order)
        {
            image = Apply(image, step, (2 * draws[step]) - 1);
        }

        return (image, targets);
    }

    /// <param name="image">The picture.</param>
    /// <param name="step">Which of the four.</param>
    /// <param name="draw">From -1 to 1.</param>
    private RgbImage Apply(RgbImage image, int step, double draw) => step switch
    {
        0 => Brightness > 0 ? ColorAdjustments.Brightness(image, Factor(Brightness, draw)) : image,
        1 => Contrast > 0 ? ColorAdjustments.Contrast(image, Factor(Contrast, draw)) : image,
        2 => Saturation > 0 ? ColorAdjustments.Saturation(image, Factor(Saturation, draw)) : image,
        _ => Hue > 0 ? ColorAdjustments.Hue(image, Math.Min(Hue, 0.5) * draw) : image,
    };

    /// <summary>Evenly from max(0, 1 - range) to 1 + range.</summary>
    private static float Factor(double range, double draw)
    {
        double least = Math.Max(0, 1 - range), most = 1 + range;
        return (float)(least + ((draw + 1) / 2 * (most - least)));
    }
}
