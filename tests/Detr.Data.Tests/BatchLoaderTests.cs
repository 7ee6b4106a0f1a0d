using Detr.Imaging;
using Detr.Tensors;

namespace Detr.Data.Tests;

/// <summary>Batches made in the background.</summary>
public sealed class BatchLoaderTests
{
    [Fact]
    public void Epochs_are_shuffled_anew_and_repeatable()
    {
        BatchLoader loader = new(new ShapesDataset(20, 1, new ShapesOptions { Size = 32 }), [new HorizontalFlip()], 4, 11);
        int[] first = Order(loader, 0), second = Order(loader, 1);
        Assert.Equal(Enumerable.Range(0, 20), first.Order());
        Assert.NotEqual(first, second);
        Assert.Equal(first, Order(loader, 0));
        Assert.Equal(loader.Epoch(0).First().Pixels, loader.Epoch(0).First().Pixels);
    }

    [Fact]
    public void A_last_partial_batch_is_left_out()
        => Assert.Equal(2, new BatchLoader(new ShapesDataset(11, 1, new ShapesOptions { Size = 32 }), [], 5, 1).Epoch(0).Count());

    [Fact]
    public void Pictures_of_different_sizes_are_padded_to_the_largest()
    {
        DetectionBatch batch = BatchBuilder.Build([(new RgbImage(4, 3), new BoxTargets([], [])), (new RgbImage(2, 5), new BoxTargets([], []))], [0, 1]);
        Assert.Equal("[2, 3, 5, 4]", batch.Shape.ToString());
        Assert.Equal(4 * 3, Unpadded(0));
        Assert.Equal(2 * 5, Unpadded(1));
        for (int i = 0; i < batch.Padding.Padded.Length; i++)
        {
            (int image, int cell) = Math.DivRem(i, 20);
            Assert.Equal(batch.Padding.Padded[i], batch.Pixels[(image * 60) + cell] == 0);
        }

        int Unpadded(int image) => batch.Padding.Padded.Skip(image * 20).Take(20).Count(padded => !padded);
    }

    [Fact]
    public void A_flip_moves_boxes_with_the_picture()
    {
        RgbImage image = new(10, 2);
        image.Row(0)[3 * 1] = 255;
        (RgbImage flipped, BoxTargets targets) = new HorizontalFlip(1).Apply(image, new BoxTargets([0], [0.15f, 0.25f, 0.1f, 0.5f]), new RandomStream(1));
        Assert.Equal(255, flipped.Row(0)[3 * 8]);
        Assert.Equal(0.85f, targets.Boxes[0], 1e-6f);
    }

    [Fact]
    public void Crowds_and_boxes_without_area_are_not_trained_on_and_others_are_clipped()
    {
        ImageAnnotations image = new(1, "a.png", 100, 50,
        [
            new ObjectAnnotation(0, 10, 10, 20, 20) { IsCrowd = true }, new ObjectAnnotation(1, 30, 30, 30, 40), new ObjectAnnotation(2, 90, 40, 120, 70),
        ]);
        BoxTargets targets = TargetBuilder.Build(image);
        Assert.Equal([2], targets.Labels);
        Assert.Equal([0.95f, 0.9f, 0.1f, 0.2f], targets.Boxes);
    }

    [Fact]
    public void An_epoch_can_begin_in_the_middle()
    {
        BatchLoader loader = new(new ShapesDataset(20, 1, new ShapesOptions { Size = 32 }), [new HorizontalFlip()], 4, 11);
        DetectionBatch[] whole = [.. loader.Epoch(2)], rest = [.. loader.Epoch(2, start: 3)];
        Assert.Equal(whole[3..].Select(batch => batch.Indices), rest.Select(batch => batch.Indices));
        Assert.Equal(whole[4].Pixels, rest[1].Pixels);
    }

    [Fact]
    public void A_batch_that_was_disposed_gives_its_pixels_away()
    {
        DetectionBatch batch = BatchBuilder.Build([(new RgbImage(4, 3), new BoxTargets([], []))], [0]);
        Assert.Equal(batch.Shape.Length, batch.Pixels.Length);
        batch.Dispose();
        batch.Dispose();
        Assert.Throws<ObjectDisposedException>(() => batch.Pixels.Length);
    }

    [Fact]
    public void In_order_every_picture_comes_once_and_none_is_padded()
    {
        (int, int)[] sizes = [(8, 6), (8, 6), (8, 6), (6, 8), (8, 6), (8, 6)];
        DetectionBatch[] batches = [.. new BatchLoader(new BlankPictures(sizes), [], 2, 1).InOrder()];
        Assert.Equal([[0, 1], [2], [3], [4, 5]], batches.Select(batch => batch.Indices));
        Assert.All(batches, batch => Assert.False(batch.Padding.HasPadding));
    }

    [Fact]
    public void Wide_and_tall_pictures_are_not_padded_together()
    {
        (int, int)[] sizes = [.. Enumerable.Range(0, 40).Select(i => i % 2 == 0 ? (40, 20) : (20, 40))];
        BatchLoader grouped = new(new BlankPictures(sizes), [], 4, 5), mixed = new(new BlankPictures(sizes), [], 4, 5) { GroupsByShape = false };
        Assert.Contains(mixed.Epoch(0), batch => batch.Padding.HasPadding);
        DetectionBatch[] first = [.. grouped.Epoch(0)], second = [.. grouped.Epoch(1)];
        Assert.All(first, batch => Assert.False(batch.Padding.HasPadding));

        // Every picture comes once, shapes come in no order, and an epoch is not the one before.
        Assert.Equal(Enumerable.Range(0, 40), first.SelectMany(batch => batch.Indices).Order());
        Assert.True(first.Zip(first.Skip(1)).Count(pair => pair.First.Padding.Width != pair.Second.Padding.Width) > 1);
        Assert.NotEqual(first.SelectMany(batch => batch.Indices), second.SelectMany(batch => batch.Indices));

        // A run that goes on in the middle meets the batches that it would have met.
        Assert.Equal(first[3..].Select(batch => batch.Indices), grouped.Epoch(0, start: 3).Select(batch => batch.Indices));
    }

    [Fact]
    public void Pictures_of_one_shape_keep_the_order_of_chance()
    {
        (int, int)[] sizes = [.. Enumerable.Repeat((8, 6), 12)];
        BatchLoader grouped = new(new BlankPictures(sizes), [], 4, 5), mixed = new(new BlankPictures(sizes), [], 4, 5) { GroupsByShape = false };
        Assert.Equal(Order(mixed, 0), Order(grouped, 0));
    }

    [Fact]
    public void Samples_are_what_an_epoch_begins_with()
    {
        BatchLoader loader = new(new ShapesDataset(9, 1, new ShapesOptions { Size = 32 }), [new HorizontalFlip(), new ColorJitter(0.4, 0.4, 0.4, 0.1)], 4, 11) { Mosaic = new Mosaic(0.5) };
        DetectionBatch first = loader.Epoch(2).First();
        (RgbImage Image, BoxTargets Targets)[] samples = [.. loader.Samples(2, 4)];
        Assert.Equal(first.Pixels, BatchBuilder.Build(samples, first.Indices).Pixels);
        Assert.Equal(first.Targets.Select(targets => targets.Boxes), samples.Select(sample => sample.Targets.Boxes));
        Assert.Equal(8, loader.Samples(0, 100).Count());
    }

    [Fact]
    public void A_cache_decodes_once_within_its_limit()
    {
        BlankPictures pictures = new([(10, 10), (10, 10), (10, 10)]);
        CachedDataset cached = new(pictures, mostBytes: 650);
        for (int round = 0; round < 3; round++)
        {
            for (int i = 0; i < 3; i++)
            {
                Assert.Equal(10, cached.Load(i).Width);
            }
        }

        Assert.Equal(600, cached.Bytes);
        Assert.Equal([1, 1, 3], pictures.Loads);
    }

    private static int[] Order(BatchLoader loader, int epoch) => [.. loader.Epoch(epoch).SelectMany(batch => batch.Indices)];
}
