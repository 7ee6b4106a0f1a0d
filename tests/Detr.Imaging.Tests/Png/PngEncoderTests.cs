using System.Buffers.Binary;
using System.IO.Compression;

namespace Detr.Imaging.Tests;

public class PngEncoderTests
{
    public static TheoryData<int, int> Sizes => new() { { 1, 1 }, { 1, 40 }, { 40, 1 }, { 63, 17 }, { 7, 3000 }, { 400, 300 } };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void NoiseComesBack(int width, int height) => AssertComesBack(TestPictures.Random(width, height, 6));

    [Theory]
    [MemberData(nameof(Sizes))]
    public void SmoothPicturesComeBack(int width, int height)
    {
        RgbImage image = new(width, height);
        for (int i = 0; i < image.Pixels.Length; i++)
        {
            (int y, int x) = (i / (width * 3), i / 3 % width);
            image.Pixels[i] = (byte)(i % 3 == 0 ? x * 2 : i % 3 == 1 ? y * 3 : x * y / 16);
        }

        AssertComesBack(image);
    }

    [Fact]
    public void APhotographShrinks()
    {
        RgbImage photo = TestPictures.Golden();
        AssertComesBack(photo);
        Assert.InRange(Encode(photo).Length, 1, photo.Pixels.Length / 2);
    }

    private static byte[] Encode(RgbImage image)
    {
        using MemoryStream stream = new();
        PngEncoder.Write(image, stream);
        Assert.True(stream.CanWrite);
        return stream.ToArray();
    }

    private static void AssertComesBack(RgbImage image)
    {
        (int width, int height, byte[] pixels) = Decode(Encode(image));
        Assert.Equal((image.Width, image.Height), (width, height));
        Assert.Equal(image.Pixels, pixels);
    }

    /// <summary>A reader for these tests alone: chunks and checksums by the letter of the standard.</summary>
    private static (int Width, int Height, byte[] Pixels) Decode(byte[] file)
    {
        Assert.Equal("89504E470D0A1A0A", Convert.ToHexString(file.AsSpan(0, 8)));
        (int width, int height) = (0, 0);
        using MemoryStream data = new();
        List<string> types = [];
        for (int position = 8; position < file.Length;)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(position));
            ReadOnlySpan<byte> body = file.AsSpan(position + 4, length + 4);
            Assert.Equal(BitwiseCrc(body), BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(position + 8 + length)));
            string type = System.Text.Encoding.ASCII.GetString(body[..4]);
            types.Add(type);
            if (type == "IHDR")
            {
                width = BinaryPrimitives.ReadInt32BigEndian(body[4..]);
                height = BinaryPrimitives.ReadInt32BigEndian(body[8..]);
                Assert.Equal("0802000000", Convert.ToHexString(body[12..]));
            }
            else if (type == "IDAT")
            {
                data.Write(body[4..]);
            }

            position += length + 12;
        }

        Assert.Equal(["IHDR", "IDAT", "IEND"], types.Distinct());
        data.Position = 0;
        using ZLibStream inflate = new(data, CompressionMode.Decompress);
        byte[] pixels = new byte[width * height * 3];
        int stride = width * 3;
        for (int y = 0; y < height; y++)
        {
            int filter = inflate.ReadByte();
            byte[] row = new byte[stride];
            inflate.ReadExactly(row);
            for (int i = 0; i < stride; i++)
            {
                int a = i < 3 ? 0 : pixels[y * stride + i - 3];
                int b = y == 0 ? 0 : pixels[(y - 1) * stride + i];
                int c = i < 3 || y == 0 ? 0 : pixels[(y - 1) * stride + i - 3];
                int p = a + b - c;
                int paeth = new[] { a, b, c }.MinBy(candidate => Math.Abs(p - candidate));
                int prediction = new[] { 0, a, b, (a + b) / 2, paeth }[filter];
                pixels[y * stride + i] = (byte)(row[i] + prediction);
            }
        }

        Assert.Equal(-1, inflate.ReadByte());
        return (width, height, pixels);
    }

    private static uint BitwiseCrc(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ (0xEDB88320 & (uint)-(int)(crc & 1));
            }
        }

        return ~crc;
    }
}
