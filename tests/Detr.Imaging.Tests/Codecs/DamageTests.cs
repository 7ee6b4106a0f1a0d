namespace Detr.Imaging.Tests;

/// <summary>Damaged files decode to something or are refused, and nothing else happens.</summary>
public class DamageTests
{
    public static TheoryData<string> Names => [.. GoldenImages.Names.Where(name => !name.Contains("photo", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Names))]
    public void TruncatedFilesDecodeOrAreRefused(string name)
    {
        byte[] file = File.ReadAllBytes(TestPictures.Fixture(name));
        for (int i = 0; i < 50; i++)
        {
            TryRead(file.AsSpan(0, file.Length * i / 50));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void FlippedBytesDecodeOrAreRefused(string name)
    {
        byte[] file = File.ReadAllBytes(TestPictures.Fixture(name));
        Random random = new(name.Length);
        for (int i = 0; i < 200; i++)
        {
            byte[] damaged = (byte[])file.Clone();

            // Half of the flips fall into headers, where they hurt most.
            int range = i % 2 == 0 ? damaged.Length : Math.Min(damaged.Length, 400);
            damaged[random.Next(range)] = (byte)random.Next(256);
            TryRead(damaged);
        }
    }

    private static void TryRead(ReadOnlySpan<byte> data)
    {
        try
        {
            RgbImage image = ImageFile.Read(data, "damaged", new ImageReadOptions { MaximumPixels = 4_000_000 });
            Assert.Equal(image.Width * image.Height * 3, image.Pixels.Length);
        }
        catch (InvalidDataException exception)
        {
            Assert.StartsWith("Cannot read 'damaged': ", exception.Message);
        }
    }
}
