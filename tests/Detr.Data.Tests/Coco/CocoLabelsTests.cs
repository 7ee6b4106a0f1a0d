using Xunit;

namespace Detr.Data.Tests.Coco;

/// <summary>COCO's names at COCO's ids.</summary>
public sealed class CocoLabelsTests
{
    [Fact]
    public void Eighty_things_and_fifty_three_sorts_of_stuff_have_names()
    {
        Assert.Equal(91, CocoLabels.Detection.Count);
        Assert.Equal(250, CocoLabels.Panoptic.Count);
        Assert.Equal(80, Named(CocoLabels.Detection));
        Assert.Equal(133, Named(CocoLabels.Panoptic));
        Assert.Equal(CocoLabels.Detection, CocoLabels.Panoptic.Take(91));
        Assert.Equal(250, CocoLabels.Panoptic.Select(category => category.Name).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(Enumerable.Range(0, 250), CocoLabels.Panoptic.Select(category => category.Id));

        static int Named(IReadOnlyList<Category> categories) => categories.Count(category => category.Name != $"class {category.Id}");
    }

    // One name before and after each gap in the numbers.
    [Theory]
    [InlineData(1, "person")]
    [InlineData(11, "fire hydrant")]
    [InlineData(13, "stop sign")]
    [InlineData(25, "giraffe")]
    [InlineData(27, "backpack")]
    [InlineData(28, "umbrella")]
    [InlineData(31, "handbag")]
    [InlineData(44, "bottle")]
    [InlineData(46, "wine glass")]
    [InlineData(65, "bed")]
    [InlineData(67, "dining table")]
    [InlineData(70, "toilet")]
    [InlineData(72, "tv")]
    [InlineData(82, "refrigerator")]
    [InlineData(84, "book")]
    [InlineData(90, "toothbrush")]
    [InlineData(92, "banner")]
    [InlineData(149, "road")]
    [InlineData(187, "sky-other-merged")]
    [InlineData(200, "rug-merged")]
    [InlineData(0, "class 0")]
    [InlineData(12, "class 12")]
    [InlineData(83, "class 83")]
    [InlineData(249, "class 249")]
    public void Ids_are_cocos(int id, string name) => Assert.Equal(new Category(id, name) { IsThing = id <= 90 }, CocoLabels.Panoptic[id]);

    [Fact]
    public void Other_numbers_of_classes_are_counted()
    {
        Assert.Equal([new Category(0, "class 0"), new Category(1, "class 1")], CocoLabels.ForClasses(2));
        Assert.Same(CocoLabels.Detection, CocoLabels.ForClasses(91));
        Assert.Same(CocoLabels.Panoptic, CocoLabels.ForClasses(250));
    }
}
