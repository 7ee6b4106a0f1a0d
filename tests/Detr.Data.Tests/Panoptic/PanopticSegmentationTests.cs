using Detr.Data.Evaluation;

namespace Detr.Data.Tests.Panoptic;

/// <summary>Segments measured in a map small enough to count by hand, and segments that do not belong to it.</summary>
public sealed class PanopticSegmentationTests
{
    private static readonly PanopticMap Map = MapOf(
        [0, 5, 5, 0],
        [7, 5, 0, 5],
        [7, 7, 9, 9]);

    [Fact]
    public void Areas_and_boxes_are_the_maps()
    {
        PanopticSegmentation segmentation = PanopticSegmentation.Create(
            Map, [new PanopticSegment(9, 2), new PanopticSegment(5, 1) { Area = 99, IsCrowd = true, Score = 0.5 }, new PanopticSegment(7, 1)]);
        Assert.Equal(
            [
                new PanopticSegment(9, 2) { Area = 2, Box = new ResultBox(2, 2, 2, 1) },
                new PanopticSegment(5, 1) { Area = 4, Box = new ResultBox(1, 0, 3, 2), IsCrowd = true, Score = 0.5 },
                new PanopticSegment(7, 1) { Area = 3, Box = new ResultBox(0, 1, 2, 2) },
            ],
            segmentation.Segments);
    }

    [Fact]
    public void Masks_are_the_segments_pixels()
    {
        PanopticSegmentation segmentation = PanopticSegmentation.Create(Map, [new PanopticSegment(9, 2), new PanopticSegment(5, 1), new PanopticSegment(7, 1), new PanopticSegment(0, 3)]);
        IReadOnlyList<RunLengthMask> masks = segmentation.Masks();
        foreach ((PanopticSegment segment, RunLengthMask mask) in segmentation.Segments.Zip(masks))
        {
            Assert.Equal(Map.Ids.Select(id => id == segment.Id), mask.ToPixels());
            Assert.Equal(segment.Area, mask.Area);
            Assert.Equal(segment.Box, mask.Bounds());
        }
    }

    [Fact]
    public void A_map_without_segments_is_void()
    {
        Assert.Empty(PanopticSegmentation.Create(new PanopticMap(3, 1), []).Segments);
        Assert.Empty(PanopticSegmentation.Create(new PanopticMap(1, 3), []).Masks());
    }

    [Theory]
    [InlineData("segment 9 has pixels, but is not listed", 5, 7)]
    [InlineData("segment 3 is listed, but has no pixels", 5, 7, 9, 3)]
    [InlineData("segment 7 is listed twice", 5, 7, 9, 7)]
    [InlineData("segment -1 cannot be", 5, 7, 9, -1)]
    [InlineData("segment 16777216 cannot be", 5, 7, 9, 16777216)]
    public void Map_and_segments_have_to_agree(string message, params int[] ids)
        => Assert.StartsWith(message, Assert.Throws<InvalidDataException>(() => PanopticSegmentation.Create(Map, ids.Select(id => new PanopticSegment(id, 1)))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(0, 5)]
    [InlineData(5, 0)]
    [InlineData(60000, 60000)]
    public void A_map_has_pixels_and_fits_in_memory(int width, int height) => Assert.Throws<ArgumentOutOfRangeException>(() => new PanopticMap(width, height));

    internal static PanopticMap MapOf(params int[][] rows)
    {
        PanopticMap map = new(rows[0].Length, rows.Length);
        for (int y = 0; y < rows.Length; y++)
        {
            rows[y].CopyTo(map.Row(y));
        }

        return map;
    }
}
