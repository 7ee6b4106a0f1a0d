using Detr.Explain;
using Detr.Figures;
using Detr.Imaging;

namespace Detr.Tests.Figures;

/// <summary>Figures of object queries and of positions.</summary>
public sealed class QueryFiguresTests
{
    [Fact]
    public void A_matrix_has_a_colour_for_each_pair_where_it_belongs()
    {
        RgbImage heat = QueryMatrixFigure.Heat(new AttentionMap(2, 3, [0, 0.5f, 1, 1, 0, 0]), new MapScale(ColorMaps.Ember, 0, 1), 4, 5);
        Assert.Equal((12, 10), (heat.Width, heat.Height));
        Assert.Equal(ColorMaps.Ember[0], At(heat, 3, 4));
        Assert.Equal(ColorMaps.Ember[0.5f], At(heat, 4, 0));
        Assert.Equal(ColorMaps.Ember[1], At(heat, 0, 9));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(900)]
    public void Any_number_of_queries_can_be_drawn(int count)
    {
        AttentionMap attention = new(count, count, [.. Enumerable.Repeat(1f / count, count * count)]);
        RgbImage matrix = QueryMatrixFigure.Draw(attention, new MapDescription("decoder self-attention", 0), [new Detection(count - 1, 1, "cat", 1, 0, 0, 1, 1)]);
        Assert.True(matrix.Width >= count && matrix.Height >= count);
        RgbImage drawn = AttendedQueriesFigure.Draw([attention, attention]);
        Assert.True(drawn.Width >= count);
    }

    [Fact]
    public void Shares_are_means_of_columns()
        => Assert.Equal([0.25f, 0.75f, 0f], AttendedQueriesFigure.Shares(new AttentionMap(2, 3, [0.5f, 0.5f, 0, 0, 1, 0])));

    [Fact]
    public void Boxes_are_dots_at_their_centres_in_the_colour_of_their_size()
    {
        QueryBox small = new(0, 0.25f, 0.5f, 0.1f, 0.1f), wide = new(0, 0.75f, 0.5f, 0.9f, 0.2f), tall = new(1, 0.5f, 0.25f, 0.2f, 0.9f);
        Rgb[] colors = [SpecializationFigure.ColorOf(small), SpecializationFigure.ColorOf(wide), SpecializationFigure.ColorOf(tall)];
        Assert.True(colors[0].G > colors[0].R && colors[1].R > colors[1].B && colors[2].B > colors[2].R);
        RgbImage figure = SpecializationFigure.Draw([small, wide, tall, new QueryBox(9, 0.5f, 0.5f, 1, 1), new QueryBox(0, float.NaN, 0.5f, 1, 1)], 2);

        // The legend has each colour too, and dots of one colour are 50 pixels from those of the other.
        (int X, int Y)[] green = Dots(figure, colors[0]), red = Dots(figure, colors[1]);
        Assert.Equal(50, red[0].X - green[0].X);
        Assert.Equal(red[0].Y, green[0].Y);
    }

    [Fact]
    public void A_position_is_most_like_itself()
    {
        // Two channels that turn by a quarter from column to column, the same in all rows.
        float[] encoding = [.. Enumerable.Range(0, 2 * 4).SelectMany(cell => new[] { MathF.Cos(cell % 4 * MathF.PI / 2), MathF.Sin(cell % 4 * MathF.PI / 2) })];
        float[] similarity = PositionFigure.SimilarityTo(encoding, 2, 4, 1, 2);
        Assert.Equal([-1, 0, 1, 0, -1, 0, 1, 0], similarity.Select(value => MathF.Round(value)));
        Assert.Equal([0f, 0f], PositionFigure.SimilarityTo(new float[4], 1, 2, 0, 0));
        Assert.True(PositionFigure.Channels(encoding, 2, 4).Width > 100);
        Assert.True(PositionFigure.Channels(new float[3000], 1, 3000).Width >= 3000);
        Assert.True(PositionFigure.Similarity(encoding, 2, 4, [(0, 0), (1, 3)]).Width > 100);
        Assert.Throws<ArgumentException>(() => PositionFigure.Channels(encoding, 3, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => PositionFigure.SimilarityTo(encoding, 2, 4, 2, 0));
    }

    private static (int X, int Y)[] Dots(RgbImage image, Rgb color)
        => [.. from y in Enumerable.Range(0, image.Height) from x in Enumerable.Range(0, image.Width) where At(image, x, y) == color select (x, y)];

    private static Rgb At(RgbImage image, int x, int y) => new(image.Row(y)[3 * x], image.Row(y)[(3 * x) + 1], image.Row(y)[(3 * x) + 2]);
}
