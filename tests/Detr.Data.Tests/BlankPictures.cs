using Detr.Imaging;

namespace Detr.Data.Tests;

/// <summary>Black pictures of given sizes that count how often they are read.</summary>
internal sealed class BlankPictures((int Width, int Height)[] sizes) : IDetectionDataset
{
    internal int[] Loads { get; } = new int[sizes.Length];

    public int Count => sizes.Length;

    public IReadOnlyList<Category> Categories => [new Category(1, "thing")];

    public ImageAnnotations Annotations(int index) => new(index + 1, $"{index}.png", sizes[index].Width, sizes[index].Height, []);

    public RgbImage Load(int index)
    {
        Interlocked.Increment(ref Loads[index]);
        return new RgbImage(sizes[index].Width, sizes[index].Height);
    }
}
