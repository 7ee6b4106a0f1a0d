namespace Detr.Imaging.Tests;

public class JpegEncoderTests
{
    // Pillow's own files of this picture at these qualities reach 50.68, 34.58, 27.84 and 23.90 dB.
    [Theory]
    [InlineData(100, 50)]
    [InlineData(90, 34.4)]
    [InlineData(75, 27.7)]
    [InlineData(10, 23.8)]
    public void AFileComesBackAlmostTheSame(int quality, double leastDecibels)
    {
        RgbImage photo = TestPictures.Golden();
        RgbImage again = ReadBack(photo, quality);
        Assert.Equal((photo.Width, photo.Height), (again.Width, again.Height));
        double error = photo.Pixels.Zip(again.Pixels, (a, b) => (double)(a - b) * (a - b)).Average();
        Assert.True(10 * Math.Log10(255 * 255 / error) >= leastDecibels, $"{10 * Math.Log10(255 * 255 / error)} dB");
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 3000)]
    [InlineData(17, 9)]
    [InlineData(16, 16)]
    public void OddSizesComeBack(int width, int height)
    {
        foreach (int quality in new[] { 1, 50, 95, 100 })
        {
            RgbImage solid = TestPictures.Solid(width, height, new Rgb(200, 100, 50));
            RgbImage again = ReadBack(solid, quality);
            Assert.Equal((width, height), (again.Width, again.Height));
            if (quality >= 50)
            {
                Assert.All(again.Pixels.Chunk(3).Take(50), pixel => Assert.InRange(Math.Abs(pixel[0] - 200) + Math.Abs(pixel[1] - 100) + Math.Abs(pixel[2] - 50), 0, 24));
            }
        }
    }

    [Fact]
    public void NoiseAtAnyQualityIsAWholeFile()
    {
        RgbImage noise = TestPictures.Random(61, 45, 3);
        for (int quality = 1; quality <= 100; quality += 9)
        {
            Assert.Equal(noise.Pixels.Length, ReadBack(noise, quality).Pixels.Length);
        }
    }

    [Fact]
    public void ArgumentsAreChecked()
    {
        RgbImage image = new(1, 1);
        Assert.Throws<ArgumentOutOfRangeException>(() => JpegEncoder.Write(image, Stream.Null, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => JpegEncoder.Write(image, Stream.Null, 101));
        Assert.Throws<ArgumentOutOfRangeException>(() => JpegEncoder.Write(new RgbImage(65536, 1), Stream.Null));
    }

    private static RgbImage ReadBack(RgbImage image, int quality)
    {
        using MemoryStream stream = new();
        JpegEncoder.Write(image, stream, quality);
        return ImageFile.Read(stream.ToArray(), "written");
    }
}
