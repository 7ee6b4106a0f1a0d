using System.Buffers.Binary;
using System.Numerics;

namespace Detr.Imaging;

/// <summary>Reads Windows bitmaps: 1 to 32 bits a pixel, palettes, bit fields, run lengths, either way up.</summary>
internal static class BmpDecoder
{
    /// <summary>Decodes a picture; alpha is dropped.</summary>
    public static RgbImage Decode(ReadOnlySpan<byte> data, long maximumPixels)
    {
        BmpHeader header = BmpHeader.Parse(data, maximumPixels);
        byte[] palette = header.BitCount <= 8 ? header.ReadPalette(data) : [];
        ReadOnlySpan<byte> pixels = header.DataOffset <= data.Length ? data[header.DataOffset..] : throw BmpHeader.Truncated();
        if (header.IsRunLength)
        {
            // The smallest code covers 255 pixels, or the rest of the rows, in two bytes; so rows bound the picture.
            byte[] indices = BmpRunLength.Decode(pixels, header);
            RgbImage runs = new(header.Width, header.Height);
            for (int y = 0; y < header.Height; y++)
            {
                ConvertIndices(indices.AsSpan(y * header.Width, header.Width), 8, palette, runs.Row(header.IsTopDown ? y : header.Height - 1 - y));
            }

            return runs;
        }

        long stride = ((long)header.Width * header.BitCount + 31) / 32 * 4;
        long needed = stride * (header.Height - 1) + ((long)header.Width * header.BitCount + 7) / 8;
        if (pixels.Length < needed)
        {
            throw BmpHeader.Truncated();
        }

        RgbImage image = new(header.Width, header.Height);
        for (int y = 0; y < header.Height; y++)
        {
            ReadOnlySpan<byte> row = pixels[(int)(stride * y)..];
            Span<byte> target = image.Row(header.IsTopDown ? y : header.Height - 1 - y);
            if (header.BitCount <= 8)
            {
                ConvertIndices(row, header.BitCount, palette, target);
            }
            else if (header.BitCount == 24)
            {
                for (int i = 0; i < target.Length; i += 3)
                {
                    (target[i], target[i + 1], target[i + 2]) = (row[i + 2], row[i + 1], row[i]);
                }
            }
            else
            {
                ConvertFields(row, header, target);
            }
        }

        return image;
    }

    /// <summary>Reads the sizes.</summary>
    public static (int Width, int Height, int Orientation) Identify(ReadOnlySpan<byte> data)
    {
        BmpHeader header = BmpHeader.Parse(data, long.MaxValue);
        return (header.Width, header.Height, 1);
    }

    private static void ConvertIndices(ReadOnlySpan<byte> row, int bits, ReadOnlySpan<byte> palette, Span<byte> target)
    {
        for (int x = 0; x < target.Length / 3; x++)
        {
            int index = (row[(int)((long)x * bits >> 3)] >> (8 - bits - (x * bits & 7))) & ((1 << bits) - 1);
            palette.Slice(index * 3, 3).CopyTo(target[(x * 3)..]);
        }
    }

    private static void ConvertFields(ReadOnlySpan<byte> row, BmpHeader header, Span<byte> target)
    {
        int bytes = header.BitCount / 8;
        for (int x = 0; x < target.Length / 3; x++)
        {
            uint pixel = bytes == 2
                ? BinaryPrimitives.ReadUInt16LittleEndian(row[(x * 2)..])
                : BinaryPrimitives.ReadUInt32LittleEndian(row[(x * 4)..]);
            target[x * 3] = Field(pixel, header.RedMask);
            target[x * 3 + 1] = Field(pixel, header.GreenMask);
            target[x * 3 + 2] = Field(pixel, header.BlueMask);
        }
    }

    private static byte Field(uint pixel, uint mask)
    {
        if (mask == 0)
        {
            return 0;
        }

        int shift = BitOperations.TrailingZeroCount(mask);
        return (byte)((ulong)((pixel & mask) >> shift) * 255 / (mask >> shift));
    }
}
