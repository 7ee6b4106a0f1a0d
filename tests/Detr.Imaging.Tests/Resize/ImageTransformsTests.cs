namespace Detr.Imaging.Tests;

public class ImageTransformsTests
{
    [Fact]
    public void CropTakesThePixelsOfTheRectangle()
    {
        RgbImage source = TestPictures.Random(11, 9, 3);
        RgbImage part = ImageTransforms.Crop(source, 2, 3, 5, 4);
        Assert.Equal((5, 4), (part.Width, part.Height));
        for (int y = 0; y < 4; y++)
        {
            for (int x = 0; x < 5; x++)
            {
                Assert.Equal(source.At(x + 2, y + 3), part.At(x, y));
            }
        }
    }

    [Theory]
    [InlineData(-1, 0, 1, 1)]
    [InlineData(0, -1, 1, 1)]
    [InlineData(0, 0, 0, 1)]
    [InlineData(0, 0, 12, 1)]
    [InlineData(5, 5, 6, 5)]
    [InlineData(11, 0, 1, 1)]
    public void CropRefusesWhatReachesOutside(int x, int y, int width, int height) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageTransforms.Crop(new(11, 9), x, y, width, height));

    [Fact]
    public void FlippingTwiceGivesThePictureBack()
    {
        RgbImage source = TestPictures.Random(7, 4, 4);
        RgbImage flipped = ImageTransforms.FlipHorizontal(source);
        Assert.Equal(source.At(0, 2), flipped.At(6, 2));
        Assert.Equal(source.At(5, 3), flipped.At(1, 3));
        Assert.Equal(source.Pixels, ImageTransforms.FlipHorizontal(flipped).Pixels);
    }
}
