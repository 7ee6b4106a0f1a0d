using Detr.Imaging;
using Detr.Tensors;

namespace Detr.Data.Tests.Transforms;

/// <summary>Four pictures in one keep their boxes on their objects.</summary>
public sealed class MosaicTests
{
    [Fact]
    public void Four_pictures_tile_the_first_ones_place()
    {
        for (ulong seed = 0; seed < 50; seed++)
        {
            RandomStream random = new(seed);
            (RgbImage Image, BoxTargets Targets)[] samples = [.. Enumerable.Range(0, Mosaic.Pictures).Select(i => (Grey(2 + random.Next(60), 2 + random.Next(60), (byte)(50 * (i + 1))), new BoxTargets([i], [0.5f, 0.5f, 1, 1])))];
            (RgbImage image, BoxTargets targets) = new Mosaic(1).Compose(samples, random);
            Assert.Equal((samples[0].Image.Width, samples[0].Image.Height), (image.Width, image.Height));

            // Boxes as large as their pictures cover the mosaic without overlap, each on its own grey.
            float area = 0;
            for (int i = 0; i < targets.Count; i++)
            {
                ReadOnlySpan<float> box = targets.Box(i);
                area += box[2] * box[3];
                Assert.All(box.ToArray(), value => Assert.InRange(value, 0, 1));
                int x = (int)(box[0] * image.Width), y = (int)(box[1] * image.Height);
                Assert.Equal(50 * (targets.Labels[i] + 1), image.Row(y)[3 * x]);
            }

            // Of a strip that was cut to less than a quarter the box is gone with the rest.
            Assert.True(area <= 1.0001f);
            Assert.True(targets.Count < Mosaic.Pictures || area > 0.9999f);
        }
    }

    [Fact]
    public void Objects_stay_where_their_pixels_are()
    {
        int kept = 0;
        for (ulong seed = 0; seed < 100; seed++)
        {
            RandomStream random = new(seed);
            (RgbImage Image, BoxTargets Targets)[] samples = [.. Enumerable.Range(0, Mosaic.Pictures).Select(i => Scene(i, random))];
            (RgbImage image, BoxTargets targets) = new Mosaic(1).Compose(samples, random);
            for (int i = 0; i < targets.Count; i++, kept++)
            {
                // The object's own grey is at the middle of its box, and no box leaves the picture.
                ReadOnlySpan<float> box = targets.Box(i);
                Assert.InRange(image.Row((int)(box[1] * image.Height))[3 * (int)(box[0] * image.Width)], 200, 255);
                Assert.InRange(box[0] - (box[2] / 2), -1e-5f, 1);
                Assert.InRange(box[0] + (box[2] / 2), 0, 1 + 1e-5f);
                Assert.InRange(box[1] - (box[3] / 2), -1e-5f, 1);
                Assert.InRange(box[1] + (box[3] / 2), 0, 1 + 1e-5f);
            }

            (RgbImage again, BoxTargets same) = new Mosaic(1).Compose(samples, Continue(seed));
            Assert.Equal(image.Pixels, again.Pixels);
            Assert.Equal(targets.Boxes, same.Boxes);
        }

        Assert.InRange(kept, 300, 400);

        RandomStream Continue(ulong seed)
        {
            RandomStream random = new(seed);
            for (int i = 0; i < Mosaic.Pictures; i++)
            {
                _ = Scene(i, random);
            }

            return random;
        }
    }

    [Fact]
    public void A_mosaic_of_more_objects_than_queries_stays_one_picture()
    {
        BoxTargets five = new([0, 1, 2, 3, 4], [.. Enumerable.Repeat(0.5f, 20)]);
        (RgbImage, BoxTargets)[] samples = [.. Enumerable.Repeat((Grey(20, 20, 9), five), Mosaic.Pictures)];
        for (ulong seed = 0; seed < 20; seed++)
        {
            int whole = new Mosaic(1).Compose(samples, new RandomStream(seed)).Targets.Count;
            Assert.Equal(whole > 12 ? 5 : whole, new Mosaic(1) { MostObjects = 12 }.Compose(samples, new RandomStream(seed)).Targets.Count);
        }
    }

    [Fact]
    public void Small_remains_are_dropped()
    {
        BoxTargets halves = new([0, 1], [0.5f, 0.5f, 1, 1, 0.05f, 0.5f, 0.1f, 1]);
        Assert.Equal([0, 1], TargetBuilder.Crop(halves, 100, 100, 8, 0, 92, 100).Labels);
        Assert.Equal([0], TargetBuilder.Crop(halves, 100, 100, 8, 0, 92, 100, leastShare: 0.25).Labels);
        Assert.Equal([0, 1], TargetBuilder.Crop(halves, 100, 100, 7, 0, 93, 100, leastShare: 0.25).Labels);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 30)]
    [InlineData(7, 300)]
    [InlineData(2, 2)]
    public void Pictures_of_any_size_work(int width, int height)
    {
        (RgbImage, BoxTargets)[] samples = [(Grey(width, height, 9), new BoxTargets([], [])), (Grey(1, 1, 8), new BoxTargets([1], [0.5f, 0.5f, 1, 1])), (Grey(300, 2, 7), new BoxTargets([], [])), (Grey(3, 90, 6), new BoxTargets([], []))];
        (RgbImage image, _) = new Mosaic(1).Compose(samples, new RandomStream(4));
        Assert.Equal((width, height), (image.Width, image.Height));
        Assert.Throws<ArgumentException>(() => new Mosaic(1).Compose(samples[..3], new RandomStream(4)));
    }

    private static RgbImage Grey(int width, int height, byte value)
    {
        RgbImage image = new(width, height);
        image.Pixels.AsSpan().Fill(value);
        return image;
    }

    private static (RgbImage Image, BoxTargets Targets) Scene(int label, RandomStream random)
    {
        RgbImage image = Grey(60 + random.Next(60), 60 + random.Next(60), 10);
        int width = 20 + random.Next(20), height = 20 + random.Next(20), x = random.Next(image.Width - width), y = random.Next(image.Height - height);
        for (int row = y; row < y + height; row++)
        {
            image.Row(row).Slice(3 * x, 3 * width).Fill(255);
        }

        return (image, new BoxTargets([label], [(x + (width / 2f)) / image.Width, (y + (height / 2f)) / image.Height, (float)width / image.Width, (float)height / image.Height]));
    }
}
