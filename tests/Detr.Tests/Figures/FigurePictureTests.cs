using Detr.Explain;
using Detr.Figures;
using Detr.Imaging;

namespace Detr.Tests.Figures;

/// <summary>Maps, boxes and points lie on a figure's photograph where they lie on the original.</summary>
public sealed class FigurePictureTests
{
    public static TheoryData<int, int, int, int, int> Sizes => new()
    {
        { 480, 640, 800, 1066, 320 },
        { 640, 480, 128, 96, 640 },
        { 300, 1200, 200, 800, 1024 },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void A_hot_cell_is_brightest_at_its_centre(int width, int height, int modelWidth, int modelHeight, int side)
    {
        // As if the picture were padded by two cells on both sides.
        const int Stride = 16;
        int rows = (modelHeight / Stride) + 3, columns = (modelWidth / Stride) + 3, row = rows / 3, column = columns / 3;
        MapPlacement placement = new(modelWidth, modelHeight, Stride, rows, columns);
        float[] map = new float[rows * columns];
        map[(row * columns) + column] = 7;
        RgbImage picture = new FigurePicture(new RgbImage(width, height), side).Under(map, placement, MapScale.Of(map)).Image;
        (double x, double y) = placement.Centre(row, column, picture.Width, picture.Height);
        double brightest = Enumerable.Range(0, picture.Width * picture.Height).Max(i => At(picture, i % picture.Width, i / picture.Width).Luminance);
        (int X, int Y)[] hot = [.. from i in Enumerable.Range(0, picture.Width * picture.Height) where At(picture, i % picture.Width, i / picture.Width).Luminance == brightest select (i % picture.Width, i / picture.Width)];

        // Neighbours may share a colour of the scale; their middle is the centre.
        Assert.InRange(hot.Average(pixel => pixel.X) + 0.5 - x, -0.51, 0.51);
        Assert.InRange(hot.Average(pixel => pixel.Y) + 0.5 - y, -0.51, 0.51);
    }

    [Fact]
    public void Boxes_and_points_are_scaled_with_the_photograph()
    {
        RgbImage picture = new FigurePicture(new RgbImage(400, 200), 200).Box(new Detection(3, 1, "thing", 0.9f, 100, 40, 300, 160), PanelGrid.BoxColor).Image;
        Assert.Equal((200, 100), (picture.Width, picture.Height));
        Assert.Equal(PanelGrid.BoxColor, At(picture, 50, 50));
        Assert.Equal(PanelGrid.BoxColor, At(picture, 100, 20));
        Assert.Equal(Rgb.Black, At(picture, 100, 50));
        Assert.Equal(new Rgb(9, 8, 200), At(new FigurePicture(new RgbImage(400, 200), 200).Point(300, 100, new Rgb(9, 8, 200)).Image, 150, 50));
    }

    [Fact]
    public void A_photograph_stays_as_it_was_and_copies_are_apart()
    {
        RgbImage image = new(64, 64);
        FigurePicture picture = new(image, 64);
        picture.Copy().Under([1], new MapPlacement(64, 64, 64, 1, 1), new MapScale(ColorMaps.Ember, 0, 1));
        Assert.All(image.Pixels.Concat(picture.Image.Pixels), value => Assert.Equal(0, value));
    }

    [Fact]
    public void A_scale_begins_at_nothing_or_has_nothing_in_its_middle()
    {
        Assert.Equal(new MapScale(ColorMaps.Ember, 0, 0.5f), MapScale.Of([0.5f, 0.25f, float.NaN, float.PositiveInfinity]));
        Assert.Equal(new MapScale(ColorMaps.Diverging, -2, 2), MapScale.Of([-2, 1]));
        Assert.Equal(0, MapScale.Of([0, 0]).Share(0));
        Assert.Equal(0.5f, MapScale.Of([-2, 1]).Share(0));
    }

    private static Rgb At(RgbImage image, int x, int y) => new(image.Row(y)[3 * x], image.Row(y)[(3 * x) + 1], image.Row(y)[(3 * x) + 2]);
}
