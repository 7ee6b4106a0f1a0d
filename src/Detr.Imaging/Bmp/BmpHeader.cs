using System.Buffers.Binary;

namespace Detr.Imaging;

/// <summary>The file and information headers of a Windows bitmap, of any version.</summary>
internal sealed record BmpHeader
{
    private const int FileHeaderBytes = 14;
    private const int CoreHeaderBytes = 12;

    /// <summary>Pixels in a row.</summary>
    public required int Width { get; init; }

    /// <summary>Rows.</summary>
    public required int Height { get; init; }

    /// <summary>Whether the first row stored is the top one.</summary>
    public required bool IsTopDown { get; init; }

    /// <summary>Bits a pixel.</summary>
    public required int BitCount { get; init; }

    /// <summary>Whether the rows are stored as run lengths.</summary>
    public required bool IsRunLength { get; init; }

    /// <summary>Where the pixels begin.</summary>
    public required int DataOffset { get; init; }

    /// <summary>Bytes of the information header.</summary>
    public required int InformationBytes { get; init; }

    /// <summary>Colours in the palette; 0 for all the depth allows.</summary>
    public required uint PaletteColors { get; init; }

    /// <summary>Which bits are red, for 16 and 32 bits a pixel.</summary>
    public required uint RedMask { get; init; }

    /// <summary>Which bits are green.</summary>
    public required uint GreenMask { get; init; }

    /// <summary>Which bits are blue.</summary>
    public required uint BlueMask { get; init; }

    /// <summary>What to say of a file that is too short.</summary>
    public static InvalidDataException Truncated() => new("the BMP data end before the picture does; the file is truncated.");

    /// <summary>Reads the headers.</summary>
    public static BmpHeader Parse(ReadOnlySpan<byte> data, long maximumPixels)
    {
        if (data.Length < FileHeaderBytes + CoreHeaderBytes)
        {
            throw Truncated();
        }

        uint offset = BinaryPrimitives.ReadUInt32LittleEndian(data[10..]);
        uint size = BinaryPrimitives.ReadUInt32LittleEndian(data[FileHeaderBytes..]);
        bool isCore = size == CoreHeaderBytes;
        if (!isCore && size is < 40 or > 1024)
        {
            throw new InvalidDataException("the BMP header is of an unknown version.");
        }

        ReadOnlySpan<byte> information = data[FileHeaderBytes..];
        if (information.Length < size || offset > data.Length)
        {
            throw Truncated();
        }

        long width = isCore ? BinaryPrimitives.ReadUInt16LittleEndian(information[4..]) : BinaryPrimitives.ReadInt32LittleEndian(information[4..]);
        long height = isCore ? BinaryPrimitives.ReadUInt16LittleEndian(information[6..]) : BinaryPrimitives.ReadInt32LittleEndian(information[8..]);
        PictureSize.Check(width, Math.Abs(height), maximumPixels);
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(information[(isCore ? 10 : 14)..]);
        uint compression = isCore ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(information[16..]);
        bool isKnown = (bits, compression) is (1 or 4 or 8 or 16 or 24 or 32, 0) or (8, 1) or (4, 2) or (16 or 32, 3 or 6);
        if (!isKnown)
        {
            throw new InvalidDataException($"this is a BMP of {bits} bits a pixel with compression {compression}, which is not supported; convert it to PNG.");
        }

        (uint red, uint green, uint blue) = bits == 16 ? (0x7C00u, 0x03E0u, 0x001Fu) : (0xFF0000u, 0x00FF00u, 0x0000FFu);
        if (compression is 3 or 6)
        {
            // The masks follow the smallest header, and are part of the larger ones, at the same place.
            if (information.Length < 52)
            {
                throw Truncated();
            }

            red = BinaryPrimitives.ReadUInt32LittleEndian(information[40..]);
            green = BinaryPrimitives.ReadUInt32LittleEndian(information[44..]);
            blue = BinaryPrimitives.ReadUInt32LittleEndian(information[48..]);
        }

        return new BmpHeader
        {
            Width = (int)width,
            Height = (int)Math.Abs(height),
            IsTopDown = height < 0,
            BitCount = bits,
            IsRunLength = compression is 1 or 2,
            DataOffset = (int)offset,
            InformationBytes = (int)size,
            PaletteColors = isCore ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(information[32..]),
            RedMask = red,
            GreenMask = green,
            BlueMask = blue,
        };
    }

    /// <summary>The palette as 256 RGB colours; those the file lacks are black.</summary>
    public byte[] ReadPalette(ReadOnlySpan<byte> data)
    {
        int entryBytes = InformationBytes == CoreHeaderBytes ? 3 : 4;
        long colors = PaletteColors == 0 ? 1L << BitCount : Math.Min(PaletteColors, 1L << BitCount);
        ReadOnlySpan<byte> entries = data[(FileHeaderBytes + InformationBytes)..];
        byte[] palette = new byte[256 * 3];
        for (int i = 0; i < colors && entries.Length >= entryBytes; i++, entries = entries[entryBytes..])
        {
            (palette[i * 3], palette[i * 3 + 1], palette[i * 3 + 2]) = (entries[2], entries[1], entries[0]);
        }

        return palette;
    }
}
