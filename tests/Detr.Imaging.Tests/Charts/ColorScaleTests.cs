namespace Detr.Imaging.Tests;

/// <summary>A legend shows all colours in their order, and the numbers that belong to them.</summary>
public sealed class ColorScaleTests
{
    [Fact]
    public void Colors_go_from_the_first_to_the_last()
    {
        RgbImage legend = new ColorScale(ColorMaps.Lagoon, 0, 1, string.Empty).Render(256);
        Rgb[] bar = [.. Enumerable.Range(0, 256).Select(x => At(legend, x, 6))];
        Assert.Equal(ColorMaps.Lagoon.Colors.ToArray(), bar);
    }

    [Fact]
    public void A_number_stands_below_its_colour()
    {
        // Marks of 0 to 1 at this width are at the ends and at the middle; the row below the bar has only them.
        RgbImage legend = new ColorScale(ColorMaps.Ember, 0, 1, string.Empty).Render(201);
        int[] marks = [.. Enumerable.Range(0, 201).Where(x => At(legend, x, 13) != Rgb.White)];
        Assert.Equal([0, 100, 200], marks);
    }

    [Fact]
    public void A_label_stands_above_and_takes_its_own_room()
    {
        ColorScale bare = new(ColorMaps.Ember, 0, 1, string.Empty), named = bare with { Label = "attention" };
        Assert.True(named.Height > bare.Height + 8);
        RgbImage legend = named.Render(200);
        Assert.Contains(Enumerable.Range(0, 200), x => Enumerable.Range(0, 12).Any(y => At(legend, x, y).Luminance < 0.6));
        Assert.Equal(ColorMaps.Ember.Colors[0], At(legend, 0, legend.Height - bare.Height + 4));
    }

    [Fact]
    public void Words_can_take_the_place_of_numbers()
    {
        RgbImage numbers = new ColorScale(ColorMaps.Ember, 0, 1, string.Empty).Render(201);
        RgbImage words = new ColorScale(ColorMaps.Ember, 0, 1, string.Empty) { Ends = ("0", "largest") }.Render(201);
        Assert.Equal([0, 200], Enumerable.Range(0, 201).Where(x => At(words, x, 13) != Rgb.White));
        Assert.Equal(numbers.Height, words.Height);
    }

    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(1, 1, 40)]
    [InlineData(-3e30, 3e30, 300)]
    [InlineData(double.NaN, double.PositiveInfinity, 300)]
    [InlineData(0, 1e-12, 3000)]
    public void Any_numbers_and_width_can_be_drawn(double low, double high, int width)
    {
        RgbImage legend = new ColorScale(ColorMaps.Diverging, low, high, "relevance").Render(width);
        Assert.Equal(width, legend.Width);
    }

    private static Rgb At(RgbImage image, int x, int y) => new(image.Row(y)[3 * x], image.Row(y)[(3 * x) + 1], image.Row(y)[(3 * x) + 2]);
}
