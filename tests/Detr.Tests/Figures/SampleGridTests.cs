using Detr.Data;
using Detr.Figures;
using Detr.Imaging;

namespace Detr.Tests.Figures;

/// <summary>Pictures of data sets: boxes are where the objects are, and nothing is too odd to draw.</summary>
public sealed class SampleGridTests
{
    private static readonly Category[] Things = [new Category(1, "thing"), new Category(2, "other thing")];

    [Fact]
    public void Boxes_are_drawn_around_their_objects_in_the_categorys_colour()
    {
        RgbImage picture = new(150, 150);
        picture.Pixels.AsSpan().Fill(255);
        RgbImage grid = SampleGrid.Draw([(picture, new BoxTargets([1], [0.5f, 0.5f, 0.4f, 0.2f]))], Things);
        Rgb color = Palette.ForIndex(1);
        (int X, int Y)[] drawn = [.. from y in Enumerable.Range(0, grid.Height) from x in Enumerable.Range(0, grid.Width) where At(grid, x, y) == color select (x, y)];

        // Twice as large in its cell, whose corner is 6 pixels from the grid's; the label is above the box.
        Assert.InRange(drawn.Max(pixel => pixel.X), 6 + 210 - 2, 6 + 210 + 1);
        Assert.InRange(drawn.Max(pixel => pixel.Y), 6 + 180 - 2, 6 + 180 + 1);
        Assert.InRange(drawn.Min(pixel => pixel.X), 6 + 90 - 2, 6 + 90 + 1);
    }

    [Fact]
    public void Pictures_of_any_shape_and_number_fit_their_cells()
    {
        (RgbImage, BoxTargets)[] samples = [.. new[] { (1, 1), (7, 3000), (3000, 7), (2, 2), (640, 480) }.Select(size => (new RgbImage(size.Item1, size.Item2), new BoxTargets([0, 1], [0.5f, 0.5f, 1, 1, 0, 0, 0, 0])))];
        RgbImage grid = SampleGrid.Draw(samples, Things, columns: 2);
        Assert.Equal((618, 924), (grid.Width, grid.Height));
        Assert.Equal(312, SampleGrid.Draw(samples[..1], Things).Width);
        Assert.Throws<ArgumentException>(() => SampleGrid.Draw([], Things));
    }

    [Fact]
    public void A_splits_figures_can_be_drawn_even_with_no_picture()
    {
        RgbImage shapes = DatasetFigure.Draw(DatasetStatistics.Of(new ShapesDataset(4, 1, new ShapesOptions { Size = 64 })));
        RgbImage none = DatasetFigure.Draw(DatasetStatistics.Of(new ShapesDataset(0, 1, new ShapesOptions { Size = 64 })));
        Assert.Equal(shapes.Width, none.Width);
    }

    private static Rgb At(RgbImage image, int x, int y) => new(image.Row(y)[3 * x], image.Row(y)[(3 * x) + 1], image.Row(y)[(3 * x) + 2]);
}
