using System.Buffers.Binary;
using System.IO.Compression;

namespace Detr.Data.Tests.Panoptic;

/// <summary>PNG files of any colour type, unfiltered, made without the library's own encoder.</summary>
internal static class RawPng
{
    internal static void Write(string path, int width, int height, byte depth, byte colorType, byte[] samples, byte[]? palette = null)
    {
        using MemoryStream file = new();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
        byte[] header = [0, 0, 0, 0, 0, 0, 0, 0, depth, colorType, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        Chunk(file, "IHDR"u8, header);
        if (palette is not null)
        {
            Chunk(file, "PLTE"u8, palette);
        }

        using MemoryStream data = new();
        using (ZLibStream compressed = new(data, CompressionLevel.Fastest, leaveOpen: true))
        {
            int row = samples.Length / Math.Max(1, height);
            for (int y = 0; y < height && samples.Length > 0; y++)
            {
                compressed.WriteByte(0);
                compressed.Write(samples.AsSpan(y * row, row));
            }
        }

        Chunk(file, "IDAT"u8, data.ToArray());
        Chunk(file, "IEND"u8, []);
        File.WriteAllBytes(path, file.ToArray());
    }

    private static void Chunk(MemoryStream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> body)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, body.Length);
        file.Write(number);
        byte[] checkedBytes = [.. type, .. body];
        file.Write(checkedBytes);
        uint remainder = uint.MaxValue;
        foreach (byte value in checkedBytes)
        {
            remainder ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                remainder = (remainder >> 1) ^ ((remainder & 1) * 0xEDB88320);
            }
        }

        BinaryPrimitives.WriteUInt32BigEndian(number, ~remainder);
        file.Write(number);
    }
}
