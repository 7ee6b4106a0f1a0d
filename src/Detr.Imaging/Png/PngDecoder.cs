using System.Buffers.Binary;
using System.IO.Compression;

namespace Detr.Imaging;

/// <summary>Reads PNG: every colour type and depth, interlaced or not; checksums are checked, alpha is dropped.</summary>
internal static class PngDecoder
{
    private const int SignatureBytes = 8;

    // Deflate's longest match is 258 bytes for two bits.
    private const int LargestRatio = 1032;

    /// <summary>Decodes a picture as stored, and tells its orientation.</summary>
    public static (RgbImage Image, int Orientation) Decode(ReadOnlySpan<byte> data, long maximumPixels)
    {
        PngHeader? header = null;
        byte[] palette = [];
        int orientation = 1;
        using MemoryStream compressed = new();
        int position = SignatureBytes;
        while (true)
        {
            string type = Next(data, ref position, checksum: true, out ReadOnlySpan<byte> chunk);
            if (header is null && type != "IHDR")
            {
                throw new InvalidDataException("the PNG does not begin with its header; the file is damaged.");
            }

            switch (type)
            {
                case "IHDR" when header is null:
                    header = PngHeader.Parse(chunk, maximumPixels);
                    break;
                case "PLTE" when chunk.Length is > 0 and <= 768 && chunk.Length % 3 == 0:
                    palette = chunk.ToArray();
                    break;
                case "IDAT":
                    compressed.Write(chunk);
                    break;
                case "eXIf":
                    orientation = ExifOrientation.Parse(chunk);
                    break;
                case "IEND":
                    compressed.Position = 0;
                    return (Decode(header!.Value, palette, compressed), orientation);
                case [>= 'A' and <= 'Z', ..]:
                    throw new InvalidDataException("the PNG has a damaged or unknown critical chunk.");
            }
        }
    }

    /// <summary>Reads sizes and orientation, and no pixels.</summary>
    public static (int Width, int Height, int Orientation) Identify(ReadOnlySpan<byte> data)
    {
        int position = SignatureBytes;
        string type = Next(data, ref position, checksum: true, out ReadOnlySpan<byte> chunk);
        if (type != "IHDR")
        {
            throw new InvalidDataException("the PNG does not begin with its header; the file is damaged.");
        }

        PngHeader header = PngHeader.Parse(chunk, long.MaxValue);
        int orientation = 1;
        while (type != "IEND")
        {
            type = Next(data, ref position, checksum: false, out chunk);
            orientation = type == "eXIf" ? ExifOrientation.Parse(chunk) : orientation;
        }

        return (header.Width, header.Height, orientation);
    }

    private static string Next(ReadOnlySpan<byte> data, ref int position, bool checksum, out ReadOnlySpan<byte> chunk)
    {
        ReadOnlySpan<byte> rest = data[position..];
        uint length = rest.Length >= 12 ? BinaryPrimitives.ReadUInt32BigEndian(rest) : uint.MaxValue;
        if (length > rest.Length - 12)
        {
            throw new InvalidDataException("the PNG ends before its last chunk; the file is truncated.");
        }

        ReadOnlySpan<byte> body = rest.Slice(4, (int)length + 4);
        string type = System.Text.Encoding.Latin1.GetString(body[..4]);
        if (checksum && PngCrc.Append(body) != BinaryPrimitives.ReadUInt32BigEndian(rest[((int)length + 8)..]))
        {
            throw new InvalidDataException("the checksum of a PNG chunk is wrong; the file is damaged.");
        }

        position += (int)length + 12;
        chunk = body[4..];
        return type;
    }

    private static RgbImage Decode(PngHeader header, byte[] palette, MemoryStream compressed)
    {
        if (header.DataBytes() > compressed.Length * LargestRatio)
        {
            throw new InvalidDataException($"the header gives a size of {header.Width}×{header.Height}, more than {compressed.Length} bytes of data can hold.");
        }

        if (header.ColorType == 3 && palette.Length == 0)
        {
            throw new InvalidDataException("the PNG lacks its palette.");
        }

        PngRowConverter converter = new(header, palette);
        RgbImage image = new(header.Width, header.Height);
        using ZLibStream inflated = new(compressed, CompressionMode.Decompress);
        foreach (PngPass pass in header.Passes)
        {
            (int width, int height) = pass.Size(header.Width, header.Height);
            if (width == 0)
            {
                continue;
            }

            int bytes = header.RowBytes(width);
            byte[] row = new byte[bytes + 1];
            byte[] above = new byte[bytes + 1];
            byte[] colors = new byte[width * 3];
            for (int y = 0; y < height; y++)
            {
                ReadRow(inflated, row);
                PngRowFilter.Undo(row[0], row.AsSpan(1), above.AsSpan(1), Math.Max(1, header.PixelBits / 8));
                Span<byte> target = image.Row(pass.Y + y * pass.StepY);
                if (pass.StepX == 1)
                {
                    converter.Convert(row.AsSpan(1), target);
                }
                else
                {
                    converter.Convert(row.AsSpan(1), colors);
                    for (int x = 0; x < width; x++)
                    {
                        colors.AsSpan(x * 3, 3).CopyTo(target[((pass.X + x * pass.StepX) * 3)..]);
                    }
                }

                (row, above) = (above, row);
            }
        }

        return image;
    }

    private static void ReadRow(ZLibStream inflated, byte[] row)
    {
        try
        {
            inflated.ReadExactly(row);
        }
        catch (EndOfStreamException exception)
        {
            throw new InvalidDataException("the PNG data end before the picture does; the file is truncated or damaged.", exception);
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException("the compressed PNG data are damaged.", exception);
        }
    }
}
