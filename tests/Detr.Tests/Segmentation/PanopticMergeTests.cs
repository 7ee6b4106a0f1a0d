using Detr.Data;
using Detr.Models;
using Detr.Tests.Golden;

namespace Detr.Tests.Segmentation;

/// <summary>From overlapping masks to segments: by hand, and against a plain program.</summary>
public sealed class PanopticMergeTests
{
    private static readonly Category Cat = new(1, "cat");
    private static readonly Category Sky = new(92, "sky") { IsThing = false };
    private static readonly Category Grass = new(93, "grass") { IsThing = false };

    [Fact]
    public void The_highest_logit_wins_each_pixel_and_things_of_one_class_stay_apart()
    {
        PanopticSegmentation result = Merge(4, 3, [(Cat, 0.9f), (Cat, 0.95f)], (mask, _, x) => mask == 0 == x < 2 ? 1 : -1);
        Assert.Equal([1, 1, 2, 2, 1, 1, 2, 2, 1, 1, 2, 2], result.Map.Ids);
        Assert.Equal([(1, 1, 6L, 0.9), (2, 1, 6L, 0.95)], result.Segments.Select(segment => (segment.Id, segment.CategoryId, segment.Area, Math.Round(segment.Score!.Value, 3))));
    }

    [Fact]
    public void Stuff_of_one_sort_becomes_one_segment_with_the_surer_score()
    {
        PanopticSegmentation result = Merge(9, 3, [(Sky, 0.9f), (Cat, 0.9f), (Sky, 0.97f), (Grass, 0.86f)], (mask, _, x) => x < 6 ? (mask == x / 2 ? 1 : 0) : mask == 3 ? 1 : 0);
        Assert.Equal([1, 1, 2, 2, 1, 1, 3, 3, 3], result.Map.Row(0).ToArray());
        Assert.Equal([(1, 92, 12L, 0.97), (2, 1, 6L, 0.9), (3, 93, 9L, 0.86)], result.Segments.Select(segment => (segment.Id, segment.CategoryId, segment.Area, Math.Round(segment.Score!.Value, 3))));
    }

    [Fact]
    public void Four_pixels_are_dropped_and_go_to_the_next_best_and_five_stay()
    {
        // The small ones win their pixels; beneath them the sky is better than the grass.
        Category[] categories = [Grass, Sky, Cat, Cat];
        float[] masks = new float[4 * 40];
        masks.AsSpan(40, 40).Fill(1);
        masks.AsSpan((2 * 40) + 3, 4).Fill(9);
        masks.AsSpan((3 * 40) + 20, 5).Fill(9);
        PanopticSegmentation result = PanopticMerge.Run(masks, 4, 10, Candidates(categories.Select(category => (category, 0.9f))), 10, 4);
        Assert.Equal([(1, 92, 35L), (2, 1, 5L)], result.Segments.Select(segment => (segment.Id, segment.CategoryId, segment.Area)));
        Assert.DoesNotContain(0, result.Map.Ids);
    }

    [Fact]
    public void Where_nothing_is_left_pixels_are_void()
    {
        Assert.Empty(Merge(3, 2, [], (_, _, _) => 0).Segments);
        PanopticSegmentation tiny = Merge(2, 2, [(Cat, 0.9f)], (_, _, _) => 1);
        Assert.Empty(tiny.Segments);
        Assert.All(tiny.Map.Ids, id => Assert.Equal(PanopticMap.Void, id));
        Assert.Throws<ArgumentException>(() => PanopticMerge.Run(new float[7], 2, 2, Candidates([(Cat, 1f), (Sky, 1f)]), 4, 4));
    }

    [Theory]
    [InlineData(1, 5, 7, 10, 14)]
    [InlineData(2, 6, 4, 23, 9)]
    [InlineData(3, 9, 9, 4, 31)]
    [InlineData(4, 3, 2, 40, 33)]
    [InlineData(5, 1, 1, 7, 1)]
    public void A_plain_program_gives_the_same_segments(int seed, int maskHeight, int maskWidth, int height, int width)
    {
        Category[] kinds = [Cat, Sky, Grass, new Category(2, "dog")];
        ulong stream = (ulong)seed;
        (Category Category, float Score)[] named = [.. Enumerable.Range(0, 9).Select(i => (kinds[(int)(2 * (NumbersFromNames.Number(stream, i) + 1))], 0.9f + (0.01f * i)))];
        float[] masks = [.. Enumerable.Range(0, 9 * maskHeight * maskWidth).Select(i => (float)NumbersFromNames.Number(stream + 100, i))];
        PanopticSegmentation result = PanopticMerge.Run(masks, maskHeight, maskWidth, Candidates(named), width, height);
        int[] expected = Plain(masks, maskHeight, maskWidth, [.. named.Select(item => item.Category)], height, width);
        Assert.Equal(expected, result.Map.Ids);
        Assert.All(result.Segments, segment => Assert.True(segment.Area > PanopticMerge.LargestDropped));
    }

    [Fact]
    public void A_mask_is_where_its_logit_is_positive_at_the_pictures_own_pixels()
    {
        // Linear between cell centres at 1/4 and 3/4 of the width: the sign changes in the middle.
        RunLengthMask mask = MaskPixels.Decide([1f, -1f], 1, 2, 8, 3);
        Assert.Equal([.. Enumerable.Range(0, 24).Select(i => i % 8 < 4)], mask.ToPixels());
        Assert.Equal(0, MaskPixels.Decide([0f], 1, 1, 5, 5).Area);
    }

    private static PanopticSegmentation Merge(int width, int height, (Category, float)[] candidates, Func<int, int, int, float> logit)
    {
        float[] masks = [.. from mask in Enumerable.Range(0, candidates.Length) from y in Enumerable.Range(0, height) from x in Enumerable.Range(0, width) select logit(mask, y, x)];
        return PanopticMerge.Run(masks, height, width, Candidates(candidates), width, height);
    }

    private static MaskCandidate[] Candidates(IEnumerable<(Category Category, float Score)> items) => [.. items.Select((item, i) => new MaskCandidate(i, item.Category, item.Score))];

    /// <summary>Everything anew in every round, in double precision.</summary>
    private static int[] Plain(float[] masks, int maskHeight, int maskWidth, Category[] categories, int height, int width)
    {
        HashSet<int> dropped = [];
        while (true)
        {
            int[] winners = [.. Enumerable.Range(0, height * width).Select(place => Winner(place / width, place % width))];
            int[] small = [.. Enumerable.Range(0, categories.Length).Where(mask => !dropped.Contains(mask) && Segment(mask) == mask && winners.Count(winner => winner == mask) <= 4)];
            if (small.Length == 0)
            {
                int[] segments = [.. Enumerable.Range(0, categories.Length).Where(mask => !dropped.Contains(mask) && Segment(mask) == mask)];
                return [.. winners.Select(winner => Array.IndexOf(segments, winner) + 1)];
            }

            dropped.UnionWith(Enumerable.Range(0, categories.Length).Where(mask => small.Contains(Segment(mask))));
        }

        int Segment(int mask) => categories[mask].IsThing ? mask : Array.IndexOf(categories, categories[mask]);

        int Winner(int y, int x)
        {
            int[] left = [.. Enumerable.Range(0, categories.Length).Where(mask => !dropped.Contains(mask))];
            return left.Length == 0 ? -1 : Segment(left.MaxBy(mask => At(mask, y, x)));
        }

        double At(int mask, int y, int x)
        {
            (int y0, int y1, double fy) = Place(y, maskHeight, height);
            (int x0, int x1, double fx) = Place(x, maskWidth, width);
            return ((Cell(y0, x0) * (1 - fx)) + (Cell(y0, x1) * fx)) * (1 - fy) + (((Cell(y1, x0) * (1 - fx)) + (Cell(y1, x1) * fx)) * fy);

            double Cell(int row, int column) => masks[(((mask * maskHeight) + row) * maskWidth) + column];
        }

        static (int First, int Second, double Share) Place(int i, int from, int to)
        {
            double place = Math.Max(((i + 0.5) * from / to) - 0.5, 0);
            int first = Math.Min((int)place, from - 1);
            return (first, Math.Min(first + 1, from - 1), place - first);
        }
    }
}
