using System.Buffers.Binary;

namespace Detr.Imaging;

/// <summary>Writes pictures as baseline JPEG (JFIF), with the standard's Huffman tables.</summary>
public static class JpegEncoder
{
    private const int LargestSide = 65535;
    private const int FullChromaQuality = 90;

    /// <summary>Writes a picture to a stream, which stays open.</summary>
    /// <param name="image">The picture; neither side above 65535.</param>
    /// <param name="stream">Where the file goes; need not seek.</param>
    /// <param name="quality">
    /// 1 to 100, on libjpeg's scale. From 90 on, colours keep the picture's full resolution; below it, half of it each way.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">The quality is out of range, or the picture too large.</exception>
    public static void Write(RgbImage image, Stream stream, int quality = 90)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfLessThan(quality, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(quality, 100);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Math.Max(image.Width, image.Height), LargestSide, nameof(image));

        int sampling = quality >= FullChromaQuality ? 1 : 2;
        byte[] lumaSteps = JpegStandardTables.Quantization(JpegStandardTables.LumaSteps, quality);
        byte[] chromaSteps = JpegStandardTables.Quantization(JpegStandardTables.ChromaSteps, quality);
        WriteHeaders(image, stream, sampling, lumaSteps, chromaSteps);

        JpegPlane luma = JpegPlane.FromImage(image, 0);
        JpegPlane blue = JpegPlane.FromImage(image, 1);
        JpegPlane red = JpegPlane.FromImage(image, 2);
        if (sampling == 2)
        {
            blue = blue.Halve();
            red = red.Halve();
        }

        JpegBlockWriter writer = new(stream);
        JpegComponentWriter lumaWriter = new(writer, luma, lumaSteps, JpegStandardTables.LumaDc, JpegStandardTables.LumaAc);
        JpegComponentWriter blueWriter = new(writer, blue, chromaSteps, JpegStandardTables.ChromaDc, JpegStandardTables.ChromaAc);
        JpegComponentWriter redWriter = new(writer, red, chromaSteps, JpegStandardTables.ChromaDc, JpegStandardTables.ChromaAc);
        int side = 8 * sampling;
        for (int y = 0; y < JpegFrame.DivideUp(image.Height, side); y++)
        {
            for (int x = 0; x < JpegFrame.DivideUp(image.Width, side); x++)
            {
                for (int i = 0; i < sampling * sampling; i++)
                {
                    lumaWriter.Write((x * sampling) + (i % sampling), (y * sampling) + (i / sampling));
                }

                blueWriter.Write(x, y);
                redWriter.Write(x, y);
            }
        }

        writer.Finish();
        stream.Write([0xFF, 0xD9]);
    }

    private static void WriteHeaders(RgbImage image, Stream stream, int sampling, byte[] lumaSteps, byte[] chromaSteps)
    {
        stream.Write([0xFF, 0xD8]);

        // Version 1.01, no unit: square pixels; no thumbnail.
        WriteSegment(stream, 0xE0, [.. "JFIF\0"u8, 1, 1, 0, 0, 1, 0, 1, 0, 0]);
        WriteSegment(stream, 0xDB, [0, .. Zigzag(lumaSteps), 1, .. Zigzag(chromaSteps)]);
        byte[] frame = [8, 0, 0, 0, 0, 3, 1, (byte)(sampling * 17), 0, 2, 0x11, 1, 3, 0x11, 1];
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(1), (ushort)image.Height);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(3), (ushort)image.Width);
        WriteSegment(stream, 0xC0, frame);
        JpegHuffmanCode[] codes = [JpegStandardTables.LumaDc, JpegStandardTables.LumaAc, JpegStandardTables.ChromaDc, JpegStandardTables.ChromaAc];
        byte[] places = [0x00, 0x10, 0x01, 0x11];
        for (int i = 0; i < codes.Length; i++)
        {
            WriteSegment(stream, 0xC4, [places[i], .. codes[i].Counts, .. codes[i].Symbols]);
        }

        WriteSegment(stream, 0xDA, [3, 1, 0x00, 2, 0x11, 3, 0x11, 0, 63, 0]);
    }

    private static byte[] Zigzag(byte[] steps)
    {
        byte[] ordered = new byte[64];
        for (int i = 0; i < 64; i++)
        {
            ordered[i] = steps[JpegZigzag.Natural[i]];
        }

        return ordered;
    }

    private static void WriteSegment(Stream stream, byte marker, byte[] contents)
    {
        Span<byte> start = [0xFF, marker, 0, 0];
        BinaryPrimitives.WriteUInt16BigEndian(start[2..], (ushort)(contents.Length + 2));
        stream.Write(start);
        stream.Write(contents);
    }
}
