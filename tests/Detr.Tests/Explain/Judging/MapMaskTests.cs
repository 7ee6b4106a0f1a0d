using Detr.Data;
using Detr.Data.Evaluation;
using Detr.Explain;

namespace Detr.Tests.Explain.Judging;

/// <summary>Masks from maps, where what should come out is known.</summary>
public sealed class MapMaskTests
{
    private const int Side = 64;
    private static readonly MapPlacement EveryPixel = new(Side, Side, 1, Side, Side);

    [Fact]
    public void Otsus_threshold_leaves_the_least_variance_within_the_classes()
    {
        Random random = new(3);
        for (int trial = 0; trial < 40; trial++)
        {
            byte[] values = [.. Enumerable.Range(0, 2 + random.Next(60)).Select(_ => (byte)(random.Next(3) == 0 ? 150 + random.Next(100) : random.Next(90)))];
            values[0] = 7;
            values[1] = 201;
            double[] within = [.. Enumerable.Range(0, 255).Select(level => Spread(values.Where(value => value <= level)) + Spread(values.Where(value => value > level)))];
            byte found = OtsuThreshold.Find(values)!.Value;
            Assert.Equal(within.Min(), within[found], 1e-6 * within.Max());
        }

        static double Spread(IEnumerable<byte> values) => values.ToArray() is { Length: > 0 } all && all.Average(value => (double)value) is var mean ? all.Sum(value => (value - mean) * (value - mean)) : 0;
    }

    [Fact]
    public void What_is_all_alike_has_no_threshold()
    {
        Assert.Null(OtsuThreshold.Find([]));
        Assert.Null(OtsuThreshold.Find([9, 9, 9]));
        Assert.Equal((byte)8, OtsuThreshold.Find([9, 8]));
        Assert.Equal((byte)0, OtsuThreshold.Find([255, 0]));
    }

    [Fact]
    public void A_map_that_is_the_mask_scores_all()
    {
        ShapesDataset scenes = new(4, 11, new ShapesOptions { Size = Side });
        MapMaskScore score = new();
        for (int i = 0; i < scenes.Count; i++)
        {
            IReadOnlyList<RunLengthMask> masks = scenes.Masks(i);
            IReadOnlyList<ObjectAnnotation> objects = scenes.Annotations(i).Objects;
            score.Add(i, Side, Side, Truth(i, objects, masks), masks.Zip(objects, (mask, item) => (Found(item), Map(mask))), EveryPixel);
        }

        Assert.Equal(1, score.Evaluate().AP);
        Assert.Equal(1, score.MeanOverlap);
    }

    [Fact]
    public void A_coarse_map_keeps_its_place()
    {
        // Cells of 8 pixels; those on an object of 24 × 24 pixels are hot, and the mask is that object but for its corners.
        MapPlacement placement = new(Side, Side, 8, 8, 8);
        float[] map = new float[64];
        foreach (int row in new[] { 2, 3, 4 })
        {
            map.AsSpan((row * 8) + 3, 3).Fill(0.5f);
        }

        RunLengthMask mask = MapMask.From(map, placement, Side, Side);
        Assert.Equal(new ResultBox(21, 13, 23, 23), mask.Bounds());
        Assert.Equal((23 * 23) - (4 * 3), mask.Area);
    }

    [Fact]
    public void Maps_that_say_nothing_have_an_empty_mask_that_finds_nothing()
    {
        ObjectAnnotation item = new(0, 10, 10, 20, 20);
        bool[] pixels = new bool[Side * Side];
        pixels.AsSpan(700, 20).Fill(true);
        RunLengthMask truth = RunLengthMask.FromPixels(Side, Side, pixels);
        MapMaskScore score = new();
        score.Add(1, Side, Side, Truth(1, [item], [truth]), [(Found(item), new float[Side * Side])], EveryPixel);
        Assert.Equal(0, score.Evaluate().AP);
        Assert.Equal([0.0], score.Overlaps);
        Assert.Equal(0, MapMask.From([5], new MapPlacement(9, 9, 32, 1, 1), 7, 3000).Area);
    }

    [Fact]
    public void An_object_whose_mask_is_empty_is_missed()
    {
        ObjectAnnotation item = new(0, 0, 0, 0, 0);
        RunLengthMask nothing = RunLengthMask.FromRuns(Side, Side, []);
        float[] map = new float[Side * Side];
        map[5] = 1;
        MapMaskScore score = new();
        score.Add(1, Side, Side, Truth(1, [item], [nothing]), [(Found(item), map)], EveryPixel);
        Assert.Equal(0, score.Evaluate().AP);
        Assert.Equal(0, score.MeanOverlap);
    }

    [Fact]
    public void Without_detections_there_is_no_mean()
    {
        MapMaskScore score = new();
        score.Add(1, Side, Side, [], [], EveryPixel);
        Assert.Null(score.MeanOverlap);
        Assert.Null(score.Evaluate().AP);
    }

    [Fact]
    public void What_cannot_be_judged_is_refused()
    {
        float[] map = new float[Side * Side];
        map[9] = float.NaN;
        Assert.Throws<ArgumentException>(() => MapMask.From(map, EveryPixel, Side, Side));
        Assert.Throws<ArgumentException>(() => MapMask.From(map.AsSpan(1), EveryPixel, Side, Side));
        MapMaskScore score = new();
        TrueObject bare = new(1, 1, default, 5, IsCrowd: false);
        Assert.Throws<ArgumentException>(() => score.Add(1, Side, Side, [bare], [], EveryPixel));
        Assert.Throws<ArgumentException>(() => score.Add(1, Side, Side, [bare with { Mask = RunLengthMask.FromRuns(3, 3, []) }], [], EveryPixel));
        score.Add(1, Side, Side, [], [], EveryPixel);
        Assert.Throws<ArgumentException>(() => score.Add(1, Side, Side, [], [], EveryPixel));
    }

    private static IEnumerable<TrueObject> Truth(int image, IReadOnlyList<ObjectAnnotation> objects, IReadOnlyList<RunLengthMask> masks)
        => objects.Zip(masks, (item, mask) => new TrueObject(image, item.Category, mask.Bounds(), mask.Area, IsCrowd: false) { Mask = mask });

    private static Detection Found(ObjectAnnotation item) => new(0, item.Category, "thing", 0.9f, item.X0, item.Y0, item.X1, item.Y1);

    private static ReadOnlyMemory<float> Map(RunLengthMask mask) => Array.ConvertAll(mask.ToPixels(), isInside => isInside ? 0.02f : 0.001f);
}
