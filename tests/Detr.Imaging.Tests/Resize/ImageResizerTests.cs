using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Detr.Imaging.Tests;

public class ImageResizerTests
{
    // Hashes of what torchvision's Resize makes of the same file.
    [Theory]
    [InlineData("rgb.png", 64, null, 97, 64, "61ee19b10858102a55ae225ef724b1f05e2fc2c2c3235970a5d7a9ece18e4f25")]
    [InlineData("rgb.png", 150, 200, 199, 131, "4778b77e721fd7da9e476e3ea182a99cb1f1f56da79c8d30f2e8cdf72e1d9792")]
    [InlineData("rgb.png", 149, 1333, 227, 149, "fda79ec49138097eb545f53cc918b77daf71a636cab52e0acad6e92019a6b5a7")]
    [InlineData("rgb.png", 97, 120, 120, 79, "aeaa0d29f561aa7e2ebed2b08ebdeac34d69a419c18e3a115df2ef39f69f069c")]
    [InlineData("photo_640x427.jpg", 240, 333, 332, 222, "e995babc6761da12ada340cd510aa7287a950b7017bcd08b29aa3961a97bcf4d")]
    [InlineData("photo_640x427.jpg", 128, null, 191, 128, "7e65d97116649db333df2c2ed8cf7505e240a6520f7e2b46d103ec35964491cd")]
    [InlineData("photo_640x427.jpg", 480, 640, 640, 427, "38c0982264ec0cf4ccf4a2f788a9c3cf3f12d605a34fd18ed9e463763a0e8349")]
    [InlineData("tall_7x300.jpg", 20, 400, 9, 385, "10a109d7f9fe5e842924e25c92198637ae7c2e71cd78da83b129c631effc74d4")]
    public void EqualsTheReferenceToTheByte(string file, int size, int? maximum, int width, int height, string sha256)
    {
        RgbImage source = ImageFile.Read(TestPictures.Fixture($"Images/{file}"));
        (int newWidth, int newHeight) = ResizeRules.ShortSide(source.Width, source.Height, size, maximum);
        RgbImage result = ImageResizer.Resize(source, newWidth, newHeight);
        Assert.Equal((width, height), (newWidth, newHeight));
        Assert.Equal(sha256, Convert.ToHexStringLower(SHA256.HashData(result.Pixels)));
    }

    [Fact]
    public void NormalizesAsTheReference()
    {
        float[] expected = MemoryMarshal.Cast<byte, float>(
            File.ReadAllBytes(TestPictures.Fixture("Resize/normalized_3x24x32.f32"))).ToArray();
        float[] actual = new float[3 * 24 * 32];
        ImageNormalization.Normalize(ImageResizer.Resize(TestPictures.Golden(), 32, 24), actual, 32, 24 * 32);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], 1e-6f);
        }
    }

    [Fact]
    public void NormalizingLeavesThePaddingAlone()
    {
        float[] actual = new float[3 * 5 * 7];
        actual.AsSpan().Fill(99);
        ImageNormalization.Normalize(TestPictures.Solid(4, 3, new(255, 0, 128)), actual, 7, 35);
        for (int i = 0; i < actual.Length; i++)
        {
            (int y, int x) = (i % 35 / 7, i % 7);
            Assert.Equal(y >= 3 || x >= 4, actual[i] == 99);
        }

        Assert.Throws<ArgumentException>(() => ImageNormalization.Normalize(new(4, 3), new float[40], 4, 15));
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageNormalization.Normalize(new(4, 3), new float[90], 3, 15));
    }

    [Theory]
    [InlineData(1, 1, 5, 9)]
    [InlineData(5, 9, 1, 1)]
    [InlineData(7, 3000, 3, 1333)]
    [InlineData(3000, 7, 61, 200)]
    [InlineData(7, 3000, 70, 30)]
    [InlineData(64, 48, 107, 80)]
    [InlineData(107, 80, 64, 48)]
    [InlineData(33, 20, 33, 45)]
    [InlineData(33, 20, 50, 20)]
    public void FollowsThePlainTwin(int width, int height, int newWidth, int newHeight)
    {
        RgbImage source = TestPictures.Random(width, height, 5);
        RgbImage result = ImageResizer.Resize(source, newWidth, newHeight);
        double[] twin = PlainResize(source, newWidth, newHeight);
        for (int i = 0; i < twin.Length; i++)
        {
            Assert.InRange(result.Pixels[i], twin[i] - 1.01, twin[i] + 1.01);
        }
    }

    [Theory]
    [InlineData(40, 30, 80, 60)]
    [InlineData(40, 30, 9, 7)]
    [InlineData(1, 1, 17, 3)]
    [InlineData(7, 3000, 1, 1)]
    public void AConstantPictureStaysConstant(int width, int height, int newWidth, int newHeight)
    {
        foreach (Rgb color in new[] { Rgb.Black, Rgb.White, new Rgb(1, 127, 254) })
        {
            RgbImage result = ImageResizer.Resize(TestPictures.Solid(width, height, color), newWidth, newHeight);
            Assert.Equal(TestPictures.Solid(newWidth, newHeight, color).Pixels, result.Pixels);
        }
    }

    [Fact]
    public void TheSameSizeIsACopy()
    {
        RgbImage source = TestPictures.Random(13, 11, 1);
        RgbImage result = ImageResizer.Resize(source, 13, 11);
        Assert.NotSame(source.Pixels, result.Pixels);
        Assert.Equal(source.Pixels, result.Pixels);
    }

    [Fact]
    public void ResizingIntoAnExistingPictureOverwritesIt()
    {
        RgbImage source = TestPictures.Random(13, 11, 1);
        RgbImage destination = TestPictures.Random(30, 7, 2);
        ImageResizer.Resize(source, destination);
        Assert.Equal(ImageResizer.Resize(source, 30, 7).Pixels, destination.Pixels);
        Assert.Throws<ArgumentException>(() => ImageResizer.Resize(source, source));
    }

    [Fact]
    public void MirroringBeforeOrAfterIsTheSame()
    {
        RgbImage source = TestPictures.Random(50, 8, 2);
        RgbImage before = ImageResizer.Resize(ImageTransforms.FlipHorizontal(source), 100, 8);
        RgbImage after = ImageTransforms.FlipHorizontal(ImageResizer.Resize(source, 100, 8));
        Assert.Equal(before.Pixels, after.Pixels);
    }

    [Theory]
    [InlineData(0, 5)]
    [InlineData(5, -1)]
    [InlineData(int.MaxValue, 1)]
    public void RefusesImpossibleSizes(int width, int height) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageResizer.Resize(new(2, 2), width, height));

    /// <summary>Both passes at once, in doubles, without rounding between them.</summary>
    private static double[] PlainResize(RgbImage source, int width, int height)
    {
        double[][] across = PlainWeights(source.Width, width);
        double[][] down = PlainWeights(source.Height, height);
        double[] between = new double[width * source.Height * 3];
        for (int i = 0; i < between.Length; i++)
        {
            (int y, int x, int c) = (i / (width * 3), i / 3 % width, i % 3);
            for (int k = 0; k < source.Width; k++)
            {
                between[i] += across[x][k] * source.Pixels[(y * source.Width + k) * 3 + c];
            }
        }

        double[] result = new double[width * height * 3];
        for (int y = 0; y < height; y++)
        {
            for (int k = 0; k < source.Height; k++)
            {
                double weight = down[y][k];
                for (int i = 0; weight > 0 && i < width * 3; i++)
                {
                    result[y * width * 3 + i] += weight * between[k * width * 3 + i];
                }
            }
        }

        return result;
    }

    private static double[][] PlainWeights(int source, int destination)
    {
        double scale = (double)source / destination;
        double support = Math.Max(scale, 1);
        return [.. Enumerable.Range(0, destination).Select(i =>
        {
            double[] weights = [.. Enumerable.Range(0, source)
                .Select(k => Math.Max(0, 1 - Math.Abs(k + 0.5 - (i + 0.5) * scale) / support))];
            double sum = weights.Sum();
            return weights.Select(weight => weight / sum).ToArray();
        })];
    }
}
