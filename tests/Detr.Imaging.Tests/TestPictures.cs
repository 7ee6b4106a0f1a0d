namespace Detr.Imaging.Tests;

/// <summary>Pictures for tests.</summary>
internal static class TestPictures
{
    public static RgbImage Random(int width, int height, int seed)
    {
        RgbImage image = new(width, height);
        new Random(seed).NextBytes(image.Pixels);
        return image;
    }

    public static RgbImage Solid(int width, int height, Rgb color)
    {
        RgbImage image = new(width, height);
        for (int i = 0; i < image.Pixels.Length; i += 3)
        {
            (image.Pixels[i], image.Pixels[i + 1], image.Pixels[i + 2]) = color;
        }

        return image;
    }

    public static Rgb At(this RgbImage image, int x, int y)
    {
        ReadOnlySpan<byte> row = image.Row(y);
        return new(row[x * 3], row[x * 3 + 1], row[x * 3 + 2]);
    }

    public static string Fixture(string name) => Path.Combine(AppContext.BaseDirectory, "Fixtures", name);

    /// <summary>The golden picture, 227×149; its file is a plain PPM whose pixels are the last bytes.</summary>
    public static RgbImage Golden()
    {
        RgbImage image = new(227, 149);
        byte[] file = File.ReadAllBytes(Fixture("Resize/rgb.ppm"));
        file.AsSpan(file.Length - image.Pixels.Length).CopyTo(image.Pixels);
        return image;
    }
}
