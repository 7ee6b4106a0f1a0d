namespace Detr.Data;

/// <summary>How training pictures are varied.</summary>
public static class Augmentation
{
    // The reference's sizes, as shares of the short side that it evaluates at (800).
    private const double SmallestScale = 0.6;
    private const double ScaleStep = 0.04;
    private const int Scales = 11;
    private const double SmallestCrop = 0.48;
    private const double LargestCrop = 0.75;
    private static readonly double[] CropScales = [0.5, 0.625, 0.75];

    /// <summary>
    /// The reference's augmentation (Carion et al. 2020, section 4): a flip; then, with equal chance, a short side of 480,
    /// 512 … 800, or one of 400, 500, 600 and a crop of 384 to 600 a side before that; scaled from 800 to another size.
    /// </summary>
    /// <param name="size">The largest short side, at which one also evaluates; 800 gives the reference's numbers.</param>
    /// <param name="maximumSize">The long side's limit; the reference's is 1333.</param>
    public static IReadOnlyList<ITransform> Reference(int size = 800, int maximumSize = 1333)
    {
        int Share(double share) => Math.Max(1, (int)Math.Round(share * size));
        RandomResize scales = new([.. Enumerable.Range(0, Scales).Select(i => Share(SmallestScale + (i * ScaleStep)))], maximumSize);
        return
        [
            new HorizontalFlip(),
            new RandomChoice(
            [
                [scales],
                [new RandomResize([.. CropScales.Select(Share)], null), new RandomCrop(Share(SmallestCrop), Share(LargestCrop)), scales],
            ]),
        ];
    }

    /// <summary>A flip, at one size.</summary>
    /// <param name="size">The short side.</param>
    /// <param name="maximumSize">The long side's limit.</param>
    public static IReadOnlyList<ITransform> Flip(int size, int maximumSize) => [new HorizontalFlip(), new ResizeShortSide(size, maximumSize)];
}
