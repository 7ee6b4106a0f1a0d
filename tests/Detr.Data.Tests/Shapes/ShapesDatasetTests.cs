using Detr.Imaging;

namespace Detr.Data.Tests.Shapes;

/// <summary>Generated scenes.</summary>
public sealed class ShapesDatasetTests
{
    [Fact]
    public void The_same_seed_gives_the_same_pixels_and_another_does_not()
    {
        ShapesDataset one = new(4, 7, new ShapesOptions()), same = new(4, 7, new ShapesOptions()), other = new(4, 8, new ShapesOptions());
        Assert.Equal(one.Load(2).Pixels, same.Load(2).Pixels);
        Assert.NotEqual(one.Load(2).Pixels, other.Load(2).Pixels);
        Assert.NotEqual(one.Load(2).Pixels, one.Load(3).Pixels);
    }

    [Fact]
    public void New_scenes_have_no_class_of_the_usual_ones()
    {
        IReadOnlyList<Category> usual = new ShapesDataset(1, 1, new ShapesOptions()).Categories, others = new ShapesDataset(1, 1, new ShapesOptions { Variant = ShapesVariant.New }).Categories;
        Assert.Equal(usual.Select(category => category.Id), others.Select(category => category.Id));
        Assert.Empty(usual.SelectMany(category => category.Name.Split(' ')).Intersect(others.SelectMany(category => category.Name.Split(' ')), StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(ShapesVariant.Usual)]
    [InlineData(ShapesVariant.New)]
    public void Boxes_lie_inside_and_hold_every_category(ShapesVariant variant)
    {
        ShapesDataset scenes = new(300, 1, new ShapesOptions { Variant = variant });
        HashSet<int> seen = [];
        for (int i = 0; i < scenes.Count; i++)
        {
            ImageAnnotations image = scenes.Annotations(i);
            Assert.InRange(image.Objects.Count, 1, 7);
            foreach (ObjectAnnotation annotation in image.Objects)
            {
                seen.Add(annotation.Category);
                Assert.True(annotation.X0 >= 0 && annotation.Y0 >= 0 && annotation.X1 <= 128 && annotation.Y1 <= 128 && annotation.X1 > annotation.X0 && annotation.Y1 > annotation.Y0);
                Assert.InRange(annotation.Area, 1, (annotation.X1 - annotation.X0) * (annotation.Y1 - annotation.Y0) * 1.01f);
            }
        }

        Assert.Equal(scenes.Categories.Count, seen.Count);
    }

    /// <summary>The saturated pixels of scenes with one object are those of the object: their bounds are the box.</summary>
    [Theory]
    [InlineData(ShapesVariant.Usual)]
    [InlineData(ShapesVariant.New)]
    public void Boxes_are_tight(ShapesVariant variant)
    {
        ShapesDataset scenes = new(60, 3, new ShapesOptions { FewestObjects = 1, MostObjects = 1, Variant = variant });
        for (int i = 0; i < scenes.Count; i++)
        {
            RgbImage image = scenes.Load(i);
            ObjectAnnotation annotation = Assert.Single(scenes.Annotations(i).Objects);
            (int left, int top, int right, int bottom) = (int.MaxValue, int.MaxValue, -1, -1);
            for (int y = 0; y < image.Height; y++)
            {
                for (int x = 0; x < image.Width; x++)
                {
                    Span<byte> pixel = image.Row(y).Slice(3 * x, 3);
                    if (Math.Max(pixel[0], Math.Max(pixel[1], pixel[2])) - Math.Min(pixel[0], Math.Min(pixel[1], pixel[2])) > 70)
                    {
                        (left, top, right, bottom) = (Math.Min(left, x), Math.Min(top, y), Math.Max(right, x + 1), Math.Max(bottom, y + 1));
                    }
                }
            }

            // Thin corners fade over some pixels; apart from them the bounds agree.
            Assert.InRange(left - annotation.X0, -1, 3);
            Assert.InRange(top - annotation.Y0, -1, 3);
            Assert.InRange(annotation.X1 - right, -1, 3);
            Assert.InRange(annotation.Y1 - bottom, -1, 3);
        }
    }

    [Fact]
    public void Masks_are_what_can_be_seen_of_the_objects()
    {
        ShapesDataset scenes = new(30, 3, new ShapesOptions());
        for (int i = 0; i < scenes.Count; i++)
        {
            IReadOnlyList<RunLengthMask> masks = scenes.Masks(i);
            IReadOnlyList<ObjectAnnotation> objects = scenes.Annotations(i).Objects;
            Assert.Equal(objects.Count, masks.Count);
            Assert.Equal(masks.Sum(mask => mask.Area), RunLengthMask.Union(masks).Area);
            ObjectAnnotation last = objects[^1];
            Assert.Equal(last.Area, masks[^1].Area, 0.05 * last.Area + 8);
            foreach ((RunLengthMask mask, ObjectAnnotation item) in masks.Zip(objects))
            {
                (double x, double y, double width, double height) = mask.Bounds();
                Assert.True(x >= item.X0 - 1 && y >= item.Y0 - 1 && x + width <= item.X1 + 1 && y + height <= item.Y1 + 1);
            }
        }
    }
}
