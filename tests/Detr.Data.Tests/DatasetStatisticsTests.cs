using Detr.Imaging;

namespace Detr.Data.Tests;

/// <summary>Figures of a split, counted by hand.</summary>
public sealed class DatasetStatisticsTests
{
    [Fact]
    public void Every_figure_is_counted()
    {
        DatasetStatistics statistics = DatasetStatistics.Of(new Listed(
        [
            new ImageAnnotations(1, "a", 200, 100, [new ObjectAnnotation(0, 0, 0, 20, 20), new ObjectAnnotation(0, 0, 0, 100, 20), new ObjectAnnotation(2, 0, 0, 200, 100), new ObjectAnnotation(0, 0, 0, 9, 9) { IsCrowd = true }]),
            new ImageAnnotations(2, "b", 200, 100, []),
            new ImageAnnotations(3, "c", 100, 200, [new ObjectAnnotation(2, 5, 5, 5, 9), new ObjectAnnotation(2, 0, 0, 31, 32)]),
        ]));
        Assert.Equal((3, 1, 4, 1, 3), (statistics.Images, statistics.ImagesWithoutObjects, statistics.Objects, statistics.Crowds, statistics.MostObjects));
        Assert.Equal([(2, 1), (0, 0), (2, 2)], statistics.Categories.Select(count => (count.Objects, count.Images)));
        Assert.Equal([("0", 1), ("1", 1), ("2", 0), ("3 to 4", 1)], Bins(statistics.ObjectsPerImage));
        Assert.Equal([("small", 2), ("medium", 1), ("large", 1)], Bins(statistics.ObjectSizes));
        Assert.Equal([0, 0, 0, 2, 0, 1, 1], statistics.AspectRatios.Select(bin => bin.Count));
        Assert.Equal([("200 × 100", 2), ("100 × 200", 1)], Bins(statistics.ImageSizes));
    }

    [Fact]
    public void Ranges_hold_every_photograph_and_no_photograph_is_no_mistake()
    {
        DatasetStatistics statistics = DatasetStatistics.Of(new Listed([.. Enumerable.Range(0, 300).Select(i => new ImageAnnotations(i, "a", 10 + i, 10, [.. Enumerable.Range(0, i).Select(_ => new ObjectAnnotation(1, 0, 0, 4, 4))]))]));
        Assert.Equal(300, statistics.ObjectsPerImage.Sum(bin => bin.Count));
        Assert.Equal(("129 and more", 171), (statistics.ObjectsPerImage[^1].Label, statistics.ObjectsPerImage[^1].Count));
        Assert.Equal(("292 other sizes", 300), (statistics.ImageSizes[^1].Label, statistics.ImageSizes.Sum(bin => bin.Count)));
        Assert.Equal(0, DatasetStatistics.Of(new Listed([])).MostObjects);
    }

    private static IEnumerable<(string, int)> Bins(IReadOnlyList<HistogramBin> bins) => bins.Select(bin => (bin.Label, bin.Count));

    private sealed class Listed(ImageAnnotations[] images) : IDetectionDataset
    {
        public int Count => images.Length;

        public IReadOnlyList<Category> Categories { get; } = [new Category(1, "a"), new Category(2, "b"), new Category(3, "c")];

        public ImageAnnotations Annotations(int index) => images[index];

        public RgbImage Load(int index) => throw new NotSupportedException();
    }
}
