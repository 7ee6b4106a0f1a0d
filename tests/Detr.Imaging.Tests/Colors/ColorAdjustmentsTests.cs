using System.Security.Cryptography;
using System.Text.Json;

namespace Detr.Imaging.Tests;

/// <summary>Every byte as torchvision and Pillow make it.</summary>
public sealed class ColorAdjustmentsTests
{
    public static TheoryData<int> Cases => [.. Enumerable.Range(0, Golden().GetProperty("cases").GetArrayLength())];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Bytes_equal_torchvisions(int index)
    {
        JsonElement golden = Golden(), item = golden.GetProperty("cases")[index];
        RgbImage lattice = Lattice(golden.GetProperty("width").GetInt32(), golden.GetProperty("height").GetInt32());
        double factor = item.GetProperty("factor").GetDouble();
        RgbImage result = item.GetProperty("operation").GetString() switch
        {
            "brightness" => ColorAdjustments.Brightness(lattice, (float)factor),
            "contrast" => ColorAdjustments.Contrast(lattice, (float)factor),
            "saturation" => ColorAdjustments.Saturation(lattice, (float)factor),
            _ => ColorAdjustments.Hue(lattice, factor),
        };
        byte[] sampled = [.. Enumerable.Range(0, lattice.Width * lattice.Height).Where(pixel => pixel % 9001 == 0).SelectMany(pixel => result.Pixels.AsSpan(3 * pixel, 3).ToArray())];
        Assert.Equal(item.GetProperty("every_9001st").EnumerateArray().Select(number => number.GetByte()), sampled);
        Assert.Equal(item.GetProperty("sha256").GetString(), Convert.ToHexStringLower(SHA256.HashData(result.Pixels)));
    }

    [Fact]
    public void Factors_out_of_range_are_refused()
    {
        RgbImage image = new(1, 1);
        Assert.All(new[] { -0.1f, float.NaN }, factor =>
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => ColorAdjustments.Brightness(image, factor));
            Assert.Throws<ArgumentOutOfRangeException>(() => ColorAdjustments.Contrast(image, factor));
            Assert.Throws<ArgumentOutOfRangeException>(() => ColorAdjustments.Saturation(image, factor));
        });
        Assert.All(new[] { -0.6, 0.51, double.NaN }, turn => Assert.Throws<ArgumentOutOfRangeException>(() => ColorAdjustments.Hue(image, turn)));
    }

    /// <summary>Colours in steps of 5, the same as the fixture was made of.</summary>
    private static RgbImage Lattice(int width, int height)
    {
        RgbImage image = new(width, height);
        for (int i = 0; i < width * height; i++)
        {
            (image.Pixels[3 * i], image.Pixels[3 * i + 1], image.Pixels[3 * i + 2]) = ((byte)(i / 2704 % 52 * 5), (byte)(i / 52 % 52 * 5), (byte)(i % 52 * 5));
        }

        return image;
    }

    private static JsonElement Golden() => JsonElement.Parse(File.ReadAllBytes(TestPictures.Fixture("Colors/color-adjustments.json")));
}
