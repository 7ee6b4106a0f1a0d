using Detr.Explain;
using Detr.Figures;
using Detr.Imaging;

namespace Detr.Tests.Figures;

/// <summary>Figures of sampling points: dots and crosses lie where points do, on any picture.</summary>
public sealed class SamplingFigureTests
{
    private static readonly (int Height, int Width)[] Levels = [(6, 8), (3, 4)];
    private static readonly Rgb Green = new(110, 255, 120);

    public static TheoryData<int, int> Pictures => new() { { 64, 48 }, { 1, 1 }, { 7, 3000 }, { 3000, 7 }, { 61, 97 } };

    [Fact]
    public void Dots_and_crosses_are_where_the_points_are()
    {
        // As large as its panel would be at half the size, so that a share of a hundredth is 5.6 pixels across.
        RgbImage image = new(280, 140);
        Detection whole = new(0, 1, "cat", 0.9f, 0, 0, 280, 140);
        SamplingPoints points = new(1, 1, 2, [0.25f, 0.5f, 0.5f, 0.25f], [0.8f, 0.2f], [0.75f, 0.5f]);
        RgbImage figure = SamplingFigure.Draw(image, whole, [points], [(3, 5)], AttentionKind.DecoderCross);

        // The scale below the panel and the legend beside it have the same colours.
        int panel = figure.Height - 70;
        (double x, double y) = Centre(figure, ColorMaps.Ember[1], panel);
        (double crossX, double crossY) = Centre(figure, Green, panel);
        (double lightX, double lightY) = Centre(figure, ColorMaps.Ember[0.25f], panel);
        Assert.Equal(560 * (0.75 - 0.25), crossX - x, 1.0);
        Assert.Equal(0, crossY - y, 1.0);
        Assert.Equal(560 * (0.5 - 0.25), lightX - x, 1.0);
        Assert.Equal(280 * (0.25 - 0.5), lightY - y, 1.0);
        Assert.True(Count(figure, ColorMaps.Ember[1], panel) > 2.5 * Count(figure, ColorMaps.Ember[0.25f], panel), "area says the weight");
        Assert.All(image.Pixels, value => Assert.Equal(0, value));
    }

    [Fact]
    public void Points_without_weight_or_beyond_the_picture_are_not_drawn()
    {
        Detection whole = new(0, 1, "cat", 0.9f, 0, 0, 280, 140);
        SamplingPoints points = new(1, 1, 3, [0.5f, 0.5f, 0.25f, 0.5f, 1.2f, 0.5f], [0.8f, 0, 0.8f], []);
        RgbImage figure = SamplingFigure.Draw(new RgbImage(280, 140), whole, [points], [(3, 5)], AttentionKind.EncoderSelf);
        RgbImage without = SamplingFigure.Draw(new RgbImage(280, 140), whole, [points with { Locations = [0.5f, 0.5f, 0.3f, 0.5f, 1.4f, 0.5f] }], [(3, 5)], AttentionKind.EncoderSelf);
        Assert.True(Count(figure, ColorMaps.Ember[1], figure.Height - 70) > 0);
        Assert.Equal(figure.Pixels, without.Pixels);
    }

    [Theory]
    [MemberData(nameof(Pictures))]
    public void A_figure_can_be_drawn_of_any_picture(int width, int height)
    {
        foreach (int size in new[] { 2, 4 })
        {
            SamplingPoints[] layers = [.. Enumerable.Range(0, 7).Select(layer => Points(layer, size))];
            foreach (Detection found in new[] { Found(0, 0, width, height / 2f), Found(width / 3f, height / 3f, width / 3f, height / 3f), Found(float.NaN, -5, 2f * width, float.NaN) })
            {
                RgbImage figure = SamplingFigure.Draw(new RgbImage(width, height), found, layers, Levels, size == 2 ? AttentionKind.EncoderSelf : AttentionKind.DecoderCross);
                Assert.True(figure.Width > 200 && figure.Height > 100);
                Assert.True(Count(figure, Green, figure.Height) > 10);
            }
        }
    }

    [Fact]
    public void What_does_not_fit_together_is_refused_and_nothing_is_said_to_be_nothing()
    {
        Detection found = Found(1, 1, 5, 5);
        Assert.True(SamplingFigure.Draw(new RgbImage(9, 9), found, [], Levels, AttentionKind.DecoderCross).Height > 10);
        Assert.Throws<ArgumentException>(() => SamplingFigure.Draw(new RgbImage(9, 9), found, [Points(0, 2)], [(3, 4)], AttentionKind.DecoderCross));
    }

    [Theory]
    [InlineData(100, 60, 140, 90, 60, 45, 120, 60)]
    [InlineData(0, 0, 20, 10, 0, 0, 50, 25)]
    [InlineData(-50, -50, 900, 900, 0, 0, 400, 200)]
    [InlineData(399, 199, 399, 199, 350, 175, 50, 25)]
    public void A_part_around_an_object_has_the_photographs_shape_and_stays_within_it(float x0, float y0, float x1, float y1, int left, int top, int width, int height)
    {
        PictureRegion region = PictureRegion.Around(new RgbImage(400, 200), new Detection(0, 1, "cat", 1, x0, y0, x1, y1));
        Assert.Equal((left, top, width, height), (region.Left, region.Top, region.Width, region.Height));
        Assert.Equal((200.0 - left, 50.0 - top), region.Pixel(0.5, 0.25));
    }

    private static Detection Found(float x0, float y0, float x1, float y1) => new(3, 1, "a label that is far too long to be read", 0.5f, x0, y0, x1, y1);

    private static SamplingPoints Points(int layer, int referenceSize)
    {
        float[] locations = [.. Enumerable.Range(0, 2 * 2 * 2 * 3).Select(i => ((i * 7) + layer) % 24 / 20f)], weights = [.. Enumerable.Range(0, 2 * 2 * 3).Select(i => i % 5 / 10f)];
        return new SamplingPoints(2, 2, 3, locations, weights, [.. Enumerable.Repeat<float[]>([0.5f, 0.5f, 0.3f, 0.2f], 2).SelectMany(box => box[..referenceSize])]);
    }

    private static (double X, double Y) Centre(RgbImage image, Rgb color, int rows)
    {
        (int X, int Y)[] found = [.. Of(image, color, rows)];
        Assert.NotEmpty(found);
        return (found.Average(pixel => pixel.X), found.Average(pixel => pixel.Y));
    }

    private static int Count(RgbImage image, Rgb color, int rows) => Of(image, color, rows).Count();

    private static IEnumerable<(int X, int Y)> Of(RgbImage image, Rgb color, int rows)
        => from y in Enumerable.Range(0, rows) from x in Enumerable.Range(0, image.Width) where At(image, x, y) == color select (x, y);

    private static Rgb At(RgbImage image, int x, int y) => new(image.Row(y)[3 * x], image.Row(y)[(3 * x) + 1], image.Row(y)[(3 * x) + 2]);
}
