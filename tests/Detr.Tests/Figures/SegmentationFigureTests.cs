using Detr.Data;
using Detr.Figures;
using Detr.Imaging;

namespace Detr.Tests.Figures;

/// <summary>Segments on a picture.</summary>
public sealed class SegmentationFigureTests
{
    private static readonly Category[] Categories = [new(1, "cat"), new(92, "sky") { IsThing = false }];

    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 3000)]
    [InlineData(200, 150)]
    public void Every_size_can_be_drawn_and_the_picture_stays_as_it_was(int width, int height)
    {
        RgbImage image = Grey(width, height);
        PanopticSegmentation segmentation = Halves(width, height);
        RgbImage figure = SegmentationFigure.Draw(image, segmentation, Categories);
        Assert.Equal((width, height), (figure.Width, figure.Height));
        Assert.All(image.Pixels, value => Assert.Equal(100, value));
        Assert.NotEqual(image.Pixels, figure.Pixels);
    }

    [Fact]
    public void Two_things_of_a_kind_differ_stuff_does_not_and_void_is_darker()
    {
        PanopticMap map = new(400, 300);
        for (int i = 0; i < map.Ids.Length; i++)
        {
            map.Ids[i] = i % 400 / 80;
        }

        PanopticSegmentation segmentation = PanopticSegmentation.Create(map, [new PanopticSegment(1, 1), new PanopticSegment(2, 1), new PanopticSegment(3, 92), new PanopticSegment(4, 92)]);
        RgbImage figure = SegmentationFigure.Draw(Grey(400, 300), segmentation, Categories);
        Rgb[] colors = [.. Enumerable.Range(0, 5).Select(strip => At(figure, (80 * strip) + 40, 20))];
        Assert.NotEqual(colors[1], colors[2]);
        Assert.Equal(colors[3], colors[4]);
        Assert.Equal(new Rgb(50, 50, 50), colors[0]);
    }

    [Fact]
    public void Names_lie_where_a_segment_is_widest()
    {
        // A bar across with a square at its right end.
        PanopticMap map = new(60, 40);
        for (int i = 0; i < map.Ids.Length; i++)
        {
            (int y, int x) = Math.DivRem(i, 60);
            map.Ids[i] = (x >= 35 && x < 56 && y >= 10 && y < 31) || (y >= 18 && y < 23) ? 1 : 0;
        }

        PanopticSegmentation segmentation = PanopticSegmentation.Create(map, [new PanopticSegment(1, 1)]);
        int[] depths = SegmentDepth.Measure(map);
        Assert.Equal((42, 20), SegmentDepth.Deepest(map, depths, segmentation.Segments[0]));
        Assert.Equal(11, depths[(20 * 60) + 45]);
        Assert.Equal(1, depths[(20 * 60) + 0]);
    }

    [Fact]
    public void Segments_of_another_picture_are_refused()
        => Assert.Throws<ArgumentException>(() => SegmentationFigure.Draw(Grey(4, 5), Halves(5, 4), Categories));

    private static PanopticSegmentation Halves(int width, int height)
    {
        PanopticMap map = new(width, height);
        for (int i = 0; i < map.Ids.Length; i++)
        {
            map.Ids[i] = width == 1 || i % width < width / 2 ? 1 : 2;
        }

        PanopticSegment[] segments = [new PanopticSegment(1, 1) { Score = 0.97 }, new PanopticSegment(2, 92)];
        return PanopticSegmentation.Create(map, width == 1 ? segments[..1] : segments);
    }

    private static RgbImage Grey(int width, int height)
    {
        RgbImage image = new(width, height);
        image.Pixels.AsSpan().Fill(100);
        return image;
    }

    private static Rgb At(RgbImage image, int x, int y) => new(image.Row(y)[3 * x], image.Row(y)[(3 * x) + 1], image.Row(y)[(3 * x) + 2]);
}
