namespace Detr.Imaging.Tests;

public class CanvasPicturesTests
{
    [Theory]
    [InlineData(3, 2)]
    [InlineData(-4, -3)]
    [InlineData(15, 9)]
    [InlineData(100, 0)]
    [InlineData(0, -100)]
    [InlineData(int.MaxValue, int.MaxValue)]
    [InlineData(int.MinValue, int.MinValue)]
    public void PicturesAreCopiedAndClipped(int x, int y)
    {
        RgbImage ground = TestPictures.Random(20, 12, 1);
        RgbImage picture = TestPictures.Random(9, 8, 2);
        RgbImage image = TestPictures.Random(20, 12, 1);
        new Canvas(image).DrawImage(picture, x, y);
        for (int i = 0; i < 20 * 12; i++)
        {
            long column = (long)(i % 20) - x;
            long row = (long)(i / 20) - y;
            bool inside = column is >= 0 and < 9 && row is >= 0 and < 8;
            Assert.Equal(inside ? picture.At((int)column, (int)row) : ground.At(i % 20, i / 20), image.At(i % 20, i / 20));
        }
    }

    [Fact]
    public void PicturesAreScaledAndMixed()
    {
        RgbImage image = new(20, 12);
        new Canvas(image).DrawImage(TestPictures.Solid(3, 5, Rgb.White), 2, 3, 10, 6, 0.5f);
        Assert.Equal(10 * 6, image.Pixels.Count(value => value == 128) / 3);
        Assert.Equal(20 * 12 - 10 * 6, image.Pixels.Count(value => value == 0) / 3);
    }

    [Fact]
    public void AnOverlayOfOneNumberIsOneColor()
    {
        RgbImage image = new(16, 10);
        new Canvas(image).Overlay([0.25f], 1, 1, 2, 3, 9, 8, ColorMaps.Lagoon, 1);
        Assert.Equal(7 * 5, Enumerable.Range(0, 160).Count(i => image.At(i % 16, i / 16) == ColorMaps.Lagoon[0.25f]));
        Assert.Equal(125, Enumerable.Range(0, 160).Count(i => image.At(i % 16, i / 16) == Rgb.Black));
    }

    [Fact]
    public void AnOverlayRisesEvenlyBetweenCellCentres()
    {
        RgbImage image = new(40, 4);
        new Canvas(image).Overlay([0, 1], 2, 1, 0, 0, 40, 4, ColorMaps.Gray, 1);
        Assert.Equal(Rgb.Black, image.At(9, 2));
        Assert.Equal(Rgb.White, image.At(30, 2));
        for (int x = 1; x < 40; x++)
        {
            Assert.True(image.At(x, 1).R >= image.At(x - 1, 1).R);
        }
    }

    [Fact]
    public void NumbersThatAreNoneLeaveThePictureBare()
    {
        RgbImage image = TestPictures.Solid(40, 4, new(1, 2, 3));
        new Canvas(image).Overlay([float.NaN, 0], 2, 1, 0, 0, 40, 4, ColorMaps.Gray, 1);
        Assert.Equal(new Rgb(1, 2, 3), image.At(0, 0));
        Assert.Equal(Rgb.Black, image.At(39, 0));
    }

    [Fact]
    public void AMapOfTheWrongSizeIsRefused()
    {
        Canvas canvas = new(new(4, 4));
        Assert.Throws<ArgumentException>(() => canvas.Overlay(new float[5], 2, 3, 0, 0, 4, 4, ColorMaps.Gray));
        Assert.Throws<ArgumentOutOfRangeException>(() => canvas.Overlay([], 0, 3, 0, 0, 4, 4, ColorMaps.Gray));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(3, 1)]
    [InlineData(-2, -1)]
    [InlineData(int.MaxValue, int.MinValue)]
    public void AMaskTintsItsPixelsAlone(int x, int y)
    {
        bool[] mask = [true, false, true, false, true, true];
        RgbImage image = new(5, 4);
        new Canvas(image).FillMask(mask, 3, 2, x, y, Rgb.White, 0.5f);
        for (int i = 0; i < 20; i++)
        {
            long column = (long)(i % 5) - x;
            long row = (long)(i / 5) - y;
            bool tinted = column is >= 0 and < 3 && row is >= 0 and < 2 && mask[row * 3 + column];
            Assert.Equal(tinted ? new Rgb(128, 128, 128) : Rgb.Black, image.At(i % 5, i / 5));
        }

        Assert.Throws<ArgumentException>(() => new Canvas(image).FillMask(mask, 3, 3, 0, 0, Rgb.White));
    }
}
