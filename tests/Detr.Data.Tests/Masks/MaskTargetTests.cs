using Detr.Imaging;
using Detr.Tensors;

namespace Detr.Data.Tests.Masks;

/// <summary>Masks move with their pictures: what they cover is what a picture painted with them shows.</summary>
public sealed class MaskTargetTests
{
    private const int Width = 40;
    private const int Height = 36;

    [Fact]
    public void Flips_and_crops_move_masks_as_they_move_pixels()
    {
        for (ulong seed = 0; seed < 200; seed++)
        {
            RandomStream random = new(seed);
            (RgbImage image, BoxTargets targets) = Scene(random);
            foreach (ITransform transform in (ITransform[])[new HorizontalFlip(), new RandomCrop(9, 30), new HorizontalFlip(), new RandomCrop(5, 20)])
            {
                (image, targets) = transform.Apply(image, targets, random);
            }

            AssertPainted(image, targets);
        }
    }

    [Fact]
    public void A_mosaic_shows_of_each_mask_what_it_shows_of_its_picture()
    {
        for (ulong seed = 0; seed < 100; seed++)
        {
            RandomStream random = new(seed);
            (RgbImage Image, BoxTargets Targets)[] scenes = [.. Enumerable.Range(0, Mosaic.Pictures).Select(_ => Scene(random))];
            (RgbImage image, BoxTargets targets) = new Mosaic(1, LeastShare: 0).Compose(scenes, random);
            Assert.Equal(targets.Count, targets.Masks!.Count);
            for (int i = 0; i < targets.Count; i++)
            {
                // The parts are resized, so that edges are blurred; the box, which was clipped to the part, still bounds the mask.
                float[] pixels = Draw(targets.Masks[i], image.Height, image.Width);
                ReadOnlySpan<float> box = targets.Box(i);
                for (int place = 0; place < pixels.Length; place++)
                {
                    (int y, int x) = Math.DivRem(place, image.Width);
                    float outsideX = Math.Abs(x + 0.5f - (box[0] * image.Width)) - (box[2] * image.Width / 2), outsideY = Math.Abs(y + 0.5f - (box[1] * image.Height)) - (box[3] * image.Height / 2);
                    if (Math.Min(Math.Abs(outsideX), Math.Abs(outsideY)) > 1e-3f)
                    {
                        Assert.True(pixels[place] == (outsideX < 0 && outsideY < 0 ? 1 : 0), $"seed {seed}, object {i}, pixel {x}, {y}");
                    }
                }
            }
        }
    }

    [Theory]
    [InlineData(80, 72)]
    [InlineData(20, 18)]
    [InlineData(1, 1)]
    [InlineData(3, 300)]
    public void A_resized_mask_is_sampled_under_the_middles_of_pixels(int width, int height)
    {
        bool[] inside = [.. Enumerable.Range(0, Width * Height).Select(i => (i * 7 % 11) < 4)];
        float[] drawn = Draw(new MaskTarget(RunLengthMask.FromPixels(Height, Width, inside)), height, width);
        for (int place = 0; place < drawn.Length; place++)
        {
            (int y, int x) = Math.DivRem(place, width);
            Assert.Equal(inside[((int)((y + 0.5) * Height / height) * Width) + (int)((x + 0.5) * Width / width)] ? 1f : 0f, drawn[place]);
        }
    }

    [Fact]
    public void Empty_masks_draw_nothing_and_small_pixels_are_refused()
    {
        Assert.All(Draw(new MaskTarget(RunLengthMask.FromRuns(5, 4, [])), 7, 9), value => Assert.Equal(0f, value));
        MaskTarget outside = new MaskTarget(RunLengthMask.FromRuns(5, 4, [0, 20])).Crop(4, 5, 0, 0, 2, 2).Place(8, 8, 6, 6, 2, 2);
        Assert.Equal(4f, Draw(outside, 8, 8).Sum());
        Assert.Throws<ArgumentException>(() => new MaskTarget(RunLengthMask.FromRuns(5, 4, [])).Draw(new float[10], 4, 3, 4));
        Assert.Throws<ArgumentException>(() => new MaskTarget(RunLengthMask.FromRuns(5, 4, [])).Draw(new float[100], 3, 3, 4));
    }

    [Fact]
    public void The_loader_brings_masks_only_when_they_are_wanted()
    {
        ShapesDataset scenes = new(4, 3, new ShapesOptions { Size = 48 });
        Assert.All(new BatchLoader(scenes, [new HorizontalFlip()], 2, 1).Samples(0, 4), sample => Assert.Null(sample.Targets.Masks));
        BatchLoader loader = new(scenes, [new HorizontalFlip(), new RandomCrop(20, 40)], 2, 1) { WithMasks = true };
        foreach ((RgbImage image, BoxTargets targets) in loader.Samples(0, 4))
        {
            Assert.Equal(targets.Count, targets.Masks!.Count);
            for (int i = 0; i < targets.Count; i++)
            {
                // A mask reaches about as far as its box, which is the outline's own.
                float[] pixels = Draw(targets.Masks[i], image.Height, image.Width);
                float left = (targets.Box(i)[0] - (targets.Box(i)[2] / 2)) * image.Width;
                Assert.All(Enumerable.Range(0, pixels.Length).Where(place => pixels[place] > 0), place => Assert.True((place % image.Width) >= left - 1.5f, $"{place % image.Width} lies left of {left}"));
            }
        }

        InvalidDataException error = Assert.Throws<InvalidDataException>(() => new BatchLoader(new BlankPictures([(4, 4), (4, 4)]), [], 1, 1) { WithMasks = true }.Samples(0, 1).ToArray());
        Assert.Contains("masks", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Rectangles, each in a grey of its own, in a quarter of its own.</summary>
    private static (RgbImage Image, BoxTargets Targets) Scene(RandomStream random)
    {
        RgbImage image = new(Width, Height);
        List<float> boxes = [];
        List<MaskTarget> masks = [];
        for (int i = 0; i < 4; i++)
        {
            int width = 2 + random.Next(10), height = 2 + random.Next(10);
            int x = (20 * (i % 2)) + random.Next(20 - width), y = (18 * (i / 2)) + random.Next(18 - height);
            boxes.AddRange((x + (width / 2f)) / Width, (y + (height / 2f)) / Height, (float)width / Width, (float)height / Height);
            bool[] inside = new bool[Width * Height];
            for (int row = y; row < y + height; row++)
            {
                inside.AsSpan((row * Width) + x, width).Fill(true);
                image.Row(row).Slice(3 * x, 3 * width).Fill((byte)(i + 1));
            }

            masks.Add(new MaskTarget(RunLengthMask.FromPixels(Height, Width, inside)));
        }

        return (image, new BoxTargets([0, 1, 2, 3], [.. boxes]) { Masks = masks });
    }

    private static void AssertPainted(RgbImage image, BoxTargets targets)
    {
        Assert.Equal(targets.Count, targets.Masks!.Count);
        for (int i = 0; i < targets.Count; i++)
        {
            float[] pixels = Draw(targets.Masks[i], image.Height, image.Width);
            Assert.Equal([.. Enumerable.Range(0, pixels.Length).Select(place => image.Pixels[3 * place] == targets.Labels[i] + 1 ? 1f : 0f)], pixels);
        }
    }

    private static float[] Draw(MaskTarget mask, int height, int width)
    {
        float[] pixels = new float[height * width];
        mask.Draw(pixels, width, height, width);
        return pixels;
    }
}
