using System.Text.Json;

namespace Detr.Imaging.Tests;

public class ImageFileTests
{
    public static TheoryData<string> Names => [.. GoldenImages.Names];

    public static TheoryData<string> Bad => [.. GoldenImages.Bad];

    [Theory]
    [MemberData(nameof(Names))]
    public void EqualsPillowToTheByte(string name)
    {
        JsonElement expected = GoldenImages.Expected(name);
        if (expected.TryGetProperty("note", out _))
        {
            // Pillow clips 16-bit grey, so its bytes are no model.
            return;
        }

        RgbImage stored = ImageFile.Read(TestPictures.Fixture(name), new ImageReadOptions { ApplyOrientation = false });
        AssertIs(expected, stored);
        RgbImage upright = ImageFile.Read(TestPictures.Fixture(name));
        AssertIs(expected.TryGetProperty("upright", out JsonElement turned) ? turned : expected, upright);
        ImageInfo info = ImageFile.Identify(TestPictures.Fixture(name));
        Assert.Equal((upright.Width, upright.Height), (info.Width, info.Height));
        string extension = Path.GetExtension(name) is var suffix && suffix == ".jpg" ? "Jpeg" : suffix[1..];
        Assert.Equal(extension, info.Format.ToString(), ignoreCase: true);
    }

    [Fact]
    public void SixteenBitGreyKeepsItsHighByte()
    {
        RgbImage fine = ImageFile.Read(TestPictures.Fixture("Images/gray_16bit.png"));
        Assert.Equal((227, 149), (fine.Width, fine.Height));
        Assert.InRange(fine.Pixels.Average(value => value), 20, 235);
        Assert.InRange(fine.Pixels.Distinct().Count(), 50, 256);
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public void BadFilesAreRefusedInOneSentence(string name)
    {
        string path = TestPictures.Fixture(name);
        long before = GC.GetAllocatedBytesForCurrentThread();
        InvalidDataException exception = Assert.Throws<InvalidDataException>(() => ImageFile.Read(path));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
        Assert.StartsWith($"Cannot read '{path}': ", exception.Message);
        Assert.EndsWith(".", exception.Message);
        Assert.DoesNotContain('\n', exception.Message);
    }

    [Fact]
    public void TruncatedFilesAreCalledSo()
    {
        Assert.Contains("truncated", Assert.Throws<InvalidDataException>(() => ImageFile.Read(TestPictures.Fixture("Images/bad/truncated_half.jpg"))).Message);
        Assert.Contains("truncated", Assert.Throws<InvalidDataException>(() => ImageFile.Read(TestPictures.Fixture("Images/bad/truncated.png"))).Message);
    }

    [Theory]
    [InlineData("RIFF\u0001\u0001\u0001\u0001WEBPVP8 ", "a WebP")]
    [InlineData("GIF89a", "a GIF")]
    [InlineData("II*\0\u0008\0\0\0", "a TIFF")]
    [InlineData("\0\0\0\u0018ftypheic", "a HEIC")]
    [InlineData("\0\0\0\u0018ftypavif", "an AVIF")]
    public void OtherFormatsAreNamed(string start, string format)
    {
        byte[] data = System.Text.Encoding.Latin1.GetBytes(start);
        InvalidDataException exception = Assert.Throws<InvalidDataException>(() => ImageFile.Read(data, "x.jpg"));
        Assert.Contains($"this is {format} file, which is not supported; convert it to JPEG or PNG.", exception.Message);
    }

    [Fact]
    public void MaximumPixelsIsKept()
    {
        foreach (string name in new[] { "rgb.png", "rgb.ppm", "rgb.bmp", "baseline_420.jpg", "progressive_444.jpg" })
        {
            string path = TestPictures.Fixture("Images/" + name);
            ImageReadOptions options = new() { MaximumPixels = 227 * 149 - 1 };
            Assert.Contains("227×149", Assert.Throws<InvalidDataException>(() => ImageFile.Read(path, options)).Message);
        }
    }

    [Fact]
    public void MissingFilesAreIOExceptions() => Assert.ThrowsAny<IOException>(() => ImageFile.Read("no/such/file.jpg"));

    private static void AssertIs(JsonElement expected, RgbImage actual)
    {
        Assert.Equal((expected.GetProperty("width").GetInt32(), expected.GetProperty("height").GetInt32()), (actual.Width, actual.Height));
        Assert.Equal(expected.GetProperty("sha256_rgb").GetString(), GoldenImages.Hash(actual));
    }
}
