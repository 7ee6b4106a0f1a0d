using System.Buffers.Binary;

namespace Detr.Imaging;

/// <summary>The IHDR chunk of a PNG.</summary>
/// <param name="Width">Pixels in a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="BitDepth">Bits a sample: 1, 2, 4, 8 or 16.</param>
/// <param name="ColorType">0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGB and alpha.</param>
/// <param name="IsInterlaced">Whether the rows come in Adam7's seven passes.</param>
internal readonly record struct PngHeader(int Width, int Height, int BitDepth, int ColorType, bool IsInterlaced)
{
    /// <summary>Samples a pixel.</summary>
    public int Channels => ColorType switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 };

    /// <summary>Bits a pixel.</summary>
    public int PixelBits => Channels * BitDepth;

    /// <summary>The passes in which rows come: origin and steps.</summary>
    public ReadOnlySpan<PngPass> Passes => IsInterlaced ? PngPass.Adam7 : PngPass.Whole;

    /// <summary>Bytes of a row of so many pixels, without its filter byte.</summary>
    public int RowBytes(int width) => (int)(((long)width * PixelBits + 7) / 8);

    /// <summary>Reads the chunk (PNG, 11.2.1).</summary>
    public static PngHeader Parse(ReadOnlySpan<byte> chunk, long maximumPixels)
    {
        if (chunk.Length != 13)
        {
            throw new InvalidDataException("the PNG header is damaged.");
        }

        uint width = BinaryPrimitives.ReadUInt32BigEndian(chunk);
        uint height = BinaryPrimitives.ReadUInt32BigEndian(chunk[4..]);
        PictureSize.Check(width, height, maximumPixels);
        int depth = chunk[8];
        bool isKnown = chunk[9] switch
        {
            0 => depth is 1 or 2 or 4 or 8 or 16,
            3 => depth is 1 or 2 or 4 or 8,
            2 or 4 or 6 => depth is 8 or 16,
            _ => false,
        };
        if (!isKnown || chunk[10] != 0 || chunk[11] != 0 || chunk[12] > 1)
        {
            throw new InvalidDataException("the PNG header is damaged.");
        }

        return new PngHeader((int)width, (int)height, depth, chunk[9], chunk[12] == 1);
    }

    /// <summary>Bytes of all rows before compression.</summary>
    public long DataBytes()
    {
        long bytes = 0;
        foreach (PngPass pass in Passes)
        {
            (int width, int height) = pass.Size(Width, Height);
            bytes += width > 0 ? (1L + RowBytes(width)) * height : 0;
        }

        return bytes;
    }
}
