using System.Globalization;

namespace Detr.Imaging;

/// <summary>Reads the netpbm formats: bitmaps, graymaps and pixmaps, plain (P1 to P3) and binary (P4 to P6).</summary>
internal static class PpmDecoder
{
    /// <summary>Decodes a picture; samples are scaled from the file's largest value to 255 and rounded.</summary>
    public static RgbImage Decode(ReadOnlySpan<byte> data, long maximumPixels)
    {
        int position = 2;
        (int width, int height, int largest) = ReadHeader(data, ref position, maximumPixels);
        int kind = data[1] - '0';
        bool isPlain = kind <= 3;
        int channels = kind is 3 or 6 ? 3 : 1;
        bool isBitmap = kind is 1 or 4;
        int sampleBytes = largest > 255 ? 2 : 1;
        int rowBytes = kind == 4 ? (width + 7) / 8 : width * channels * sampleBytes;

        // One white space ends a binary header; plain samples take at least a digit each.
        position += isPlain ? 0 : 1;
        long needed = isPlain ? (long)width * channels * height : (long)rowBytes * height;
        if (data.Length - position < needed)
        {
            throw Truncated();
        }

        RgbImage image = new(width, height);
        int[] samples = new int[width * channels];
        for (int y = 0; y < height; y++)
        {
            if (isPlain)
            {
                foreach (ref int sample in samples.AsSpan())
                {
                    sample = isBitmap ? ReadBit(data, ref position) : ReadNumber(data, ref position);
                }
            }
            else
            {
                ReadBinary(data.Slice(position, rowBytes), samples, kind == 4 ? 0 : sampleBytes);
                position += rowBytes;
            }

            Write(samples, isBitmap, largest, image.Row(y));
        }

        return image;
    }

    /// <summary>Reads the sizes.</summary>
    public static (int Width, int Height, int Orientation) Identify(ReadOnlySpan<byte> data)
    {
        int position = 2;
        (int width, int height, _) = ReadHeader(data, ref position, long.MaxValue);
        return (width, height, 1);
    }

    private static InvalidDataException Truncated() => new("the PPM data end before the picture does; the file is truncated.");

    private static (int Width, int Height, int Largest) ReadHeader(ReadOnlySpan<byte> data, ref int position, long maximumPixels)
    {
        int width = ReadNumber(data, ref position);
        int height = ReadNumber(data, ref position);
        PictureSize.Check(width, height, maximumPixels);
        int largest = data[1] is (byte)'1' or (byte)'4' ? 1 : ReadNumber(data, ref position);
        if (largest is < 1 or > 65535)
        {
            throw new InvalidDataException($"the PPM header gives {largest.ToString(CultureInfo.InvariantCulture)} as the largest sample, and 1 to 65535 are allowed.");
        }

        return (width, height, largest);
    }

    private static void ReadBinary(ReadOnlySpan<byte> row, Span<int> samples, int sampleBytes)
    {
        for (int i = 0; i < samples.Length; i++)
        {
            samples[i] = sampleBytes switch
            {
                0 => (row[i >> 3] >> (7 - (i & 7))) & 1,
                1 => row[i],
                _ => (row[2 * i] << 8) | row[2 * i + 1],
            };
        }
    }

    private static void Write(ReadOnlySpan<int> samples, bool isBitmap, int largest, Span<byte> rgb)
    {
        int repeat = rgb.Length / samples.Length;
        for (int i = 0; i < samples.Length; i++)
        {
            // In bitmaps 1 is black.
            int value = isBitmap ? (1 - samples[i]) * 255 : (int)Math.Min(255, Math.Round(samples[i] * 255.0 / largest));
            rgb.Slice(i * repeat, repeat).Fill((byte)value);
        }
    }

    private static int ReadBit(ReadOnlySpan<byte> data, ref int position)
    {
        SkipSpace(data, ref position);
        int digit = position < data.Length ? data[position++] - '0' : throw Truncated();
        return digit is 0 or 1 ? digit : throw new InvalidDataException("the PPM data hold something other than numbers.");
    }

    private static int ReadNumber(ReadOnlySpan<byte> data, ref int position)
    {
        SkipSpace(data, ref position);
        if (position >= data.Length)
        {
            throw Truncated();
        }

        int start = position;
        int value = 0;
        while (position < data.Length && data[position] is >= (byte)'0' and <= (byte)'9')
        {
            // Large enough to be refused by whoever asked, small enough not to overflow.
            value = Math.Min(value * 10 + (data[position++] - '0'), 100_000_000);
        }

        return position > start ? value : throw new InvalidDataException("the PPM data hold something other than numbers.");
    }

    private static void SkipSpace(ReadOnlySpan<byte> data, ref int position)
    {
        while (position < data.Length && data[position] is (byte)' ' or (>= 9 and <= 13) or (byte)'#')
        {
            if (data[position] == '#')
            {
                int line = data[position..].IndexOfAny((byte)'\n', (byte)'\r');
                position = line < 0 ? data.Length : position + line;
            }
            else
            {
                position++;
            }
        }
    }
}
