using System.Buffers.Binary;
using System.IO.Compression;

namespace Detr.Imaging;

/// <summary>Writes pictures as PNG: 8-bit RGB, lossless, not interlaced.</summary>
public static class PngEncoder
{
    /// <summary>Writes a picture to a stream, which stays open.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="stream">Where the file goes; need not seek.</param>
    public static void Write(RgbImage image, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(stream);
        stream.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);

        // Width, height, 8 bits, colour type 2 (RGB), the one compression, the one filter set, no interlace.
        Span<byte> header = [0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(header, image.Width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], image.Height);
        PngDataStream.WriteChunk(stream, "IHDR"u8, header);
        using (PngDataStream data = new(stream))
        using (ZLibStream compressed = new(data, CompressionLevel.Optimal))
        {
            WriteRows(image, compressed);
        }

        PngDataStream.WriteChunk(stream, "IEND"u8, []);
    }

    private static void WriteRows(RgbImage image, ZLibStream compressed)
    {
        PngRowFilter filter = new(image.Width * 3);
        ReadOnlySpan<byte> above = new byte[image.Width * 3];
        for (int y = 0; y < image.Height; y++)
        {
            ReadOnlySpan<byte> row = image.Row(y);
            compressed.Write(filter.Apply(row, above));
            above = row;
        }
    }
}
