using Detr.Imaging;
using Detr.Tensors;

namespace Detr.Data.Tests.Transforms;

/// <summary>Pictures and their boxes change together.</summary>
public sealed class TransformTests
{
    [Fact]
    public void A_crop_keeps_boxes_on_their_objects()
    {
        for (ulong seed = 0; seed < 200; seed++)
        {
            RandomStream random = new(seed);
            (RgbImage image, BoxTargets targets, (int X, int Y, int Width, int Height)[] objects) = Scene(random);
            (RgbImage cropped, BoxTargets kept) = new RandomCrop(12, 30).Apply(image, targets, random);
            Assert.InRange(cropped.Width, 12, 30);
            Assert.InRange(cropped.Height, 12, 30);

            // Each object is painted in a grey of its own, so that the pixels say where it is now.
            List<int> visible = [];
            for (int i = 0; i < objects.Length; i++)
            {
                if (Bounds(cropped, (byte)(i + 1)) is { } bounds)
                {
                    ReadOnlySpan<float> box = kept.Box(visible.Count);
                    Assert.Equal(bounds.X0, (box[0] - (box[2] / 2)) * cropped.Width, 1e-3f);
                    Assert.Equal(bounds.X1, (box[0] + (box[2] / 2)) * cropped.Width, 1e-3f);
                    Assert.Equal(bounds.Y0, (box[1] - (box[3] / 2)) * cropped.Height, 1e-3f);
                    Assert.Equal(bounds.Y1, (box[1] + (box[3] / 2)) * cropped.Height, 1e-3f);
                    visible.Add(i);
                }
            }

            Assert.Equal(visible, kept.Labels);
        }
    }

    [Fact]
    public void A_picture_smaller_than_the_crop_stays_whole()
    {
        RgbImage image = new(5, 7);
        Assert.Equal((5, 7), Size(new RandomCrop(384, 600).Apply(image, new BoxTargets([], []), new RandomStream(1)).Image));
    }

    [Fact]
    public void The_references_sizes_are_those_of_the_paper()
    {
        IReadOnlyList<ITransform> transforms = Augmentation.Reference();
        RandomChoice choice = Assert.IsType<RandomChoice>(transforms[1]);
        RandomResize scales = Assert.IsType<RandomResize>(Assert.Single(choice.Choices[0]));
        Assert.Equal([480, 512, 544, 576, 608, 640, 672, 704, 736, 768, 800], scales.Sizes);
        Assert.Equal(1333, scales.MaximumSize);
        Assert.Equal([400, 500, 600], Assert.IsType<RandomResize>(choice.Choices[1][0]).Sizes);
        Assert.Equal(new RandomCrop(384, 600), choice.Choices[1][1]);
    }

    [Fact]
    public void Augmented_pictures_stay_within_the_limits()
    {
        RgbImage image = new(64, 48);
        IReadOnlyList<ITransform> transforms = Augmentation.Reference(40, 60);
        HashSet<(int, int)> sizes = [];
        for (ulong seed = 0; seed < 100; seed++)
        {
            (RgbImage result, BoxTargets targets) = (image, new BoxTargets([0], [0.5f, 0.5f, 1, 1]));
            RandomStream random = new(seed);
            foreach (ITransform transform in transforms)
            {
                (result, targets) = transform.Apply(result, targets, random);
            }

            Assert.InRange(Math.Max(result.Width, result.Height), 1, 60);
            Assert.InRange(Math.Min(result.Width, result.Height), 1, 40);
            Assert.Equal([0.5f, 0.5f, 1f, 1f], targets.Boxes);
            sizes.Add(Size(result));
        }

        Assert.True(sizes.Count > 20);
    }

    private static (int Width, int Height) Size(RgbImage image) => (image.Width, image.Height);

    private static (RgbImage Image, BoxTargets Targets, (int X, int Y, int Width, int Height)[] Objects) Scene(RandomStream random)
    {
        RgbImage image = new(40, 36);
        List<(int X, int Y, int Width, int Height)> objects = [];
        List<float> boxes = [];
        for (int i = 0; i < 4; i++)
        {
            // Each object keeps to its own quarter, so that none hides another.
            int width = 2 + random.Next(10), height = 2 + random.Next(10);
            int x = (20 * (i % 2)) + random.Next(20 - width), y = (18 * (i / 2)) + random.Next(18 - height);
            objects.Add((x, y, width, height));
            boxes.AddRange((x + (width / 2f)) / 40, (y + (height / 2f)) / 36, width / 40f, height / 36f);
            for (int row = y; row < y + height; row++)
            {
                image.Row(row).Slice(3 * x, 3 * width).Fill((byte)(i + 1));
            }
        }

        return (image, new BoxTargets([0, 1, 2, 3], [.. boxes]), [.. objects]);
    }

    private static (int X0, int Y0, int X1, int Y1)? Bounds(RgbImage image, byte grey)
    {
        (int x0, int y0, int x1, int y1) = (int.MaxValue, int.MaxValue, 0, 0);
        for (int y = 0; y < image.Height; y++)
        {
            for (int x = 0; x < image.Width; x++)
            {
                if (image.Row(y)[3 * x] == grey)
                {
                    (x0, y0, x1, y1) = (Math.Min(x0, x), Math.Min(y0, y), Math.Max(x1, x + 1), Math.Max(y1, y + 1));
                }
            }
        }

        return x1 == 0 ? null : (x0, y0, x1, y1);
    }
}
