using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.Intrinsics;

namespace Detr.Imaging;

/// <summary>Antialiased bilinear resizing, equal to Pillow's (and so torchvision's) to the byte.</summary>
/// <remarks>
/// Two passes, across and then down, each rounding to bytes; a pass whose size does not change is left out. Trained
/// detectors expect exactly this resampling: another filter costs accuracy.
/// </remarks>
public static class ImageResizer
{
    private const int Half = 1 << (ResampleWeights.FractionBits - 1);

    /// <summary>Resizes a picture.</summary>
    /// <param name="source">The picture to read.</param>
    /// <param name="width">Pixels in a row of the result; at least 1.</param>
    /// <param name="height">Rows of the result; at least 1.</param>
    /// <returns>A new picture, a copy when the size stays.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A side is below 1, or the result does not fit in one array.</exception>
    public static RgbImage Resize(RgbImage source, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(source);
        RgbImage result = new(width, height);
        Resize(source, result);
        return result;
    }

    /// <summary>Resizes a picture into one that exists, so that nothing is allocated but scratch memory from a pool.</summary>
    /// <param name="source">The picture to read.</param>
    /// <param name="destination">The picture to overwrite, of the size wanted; another one than the source.</param>
    /// <exception cref="ArgumentException">Both are the same picture.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The destination's width times the source's height does not fit in one array.</exception>
    public static void Resize(RgbImage source, RgbImage destination)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(destination);
        if (ReferenceEquals(source, destination))
        {
            throw new ArgumentException("A picture cannot be resized into itself.", nameof(destination));
        }

        (int width, int height) = (destination.Width, destination.Height);
        if (width == source.Width && height == source.Height)
        {
            source.Pixels.CopyTo(destination.Pixels, 0);
        }
        else if (height == source.Height)
        {
            ResizeRows(source.Pixels, source.Width, destination.Pixels, width, height);
        }
        else if (width == source.Width)
        {
            ResizeColumns(source.Pixels, source.Height, destination);
        }
        else
        {
            // The between-picture is as wide as the result and as high as the source.
            ArgumentOutOfRangeException.ThrowIfGreaterThan(
                (long)width * source.Height * 3, Array.MaxLength, nameof(destination));
            byte[] between = ArrayPool<byte>.Shared.Rent(width * source.Height * 3);
            ResizeRows(source.Pixels, source.Width, between, width, source.Height);
            ResizeColumns(between, source.Height, destination);
            ArrayPool<byte>.Shared.Return(between);
        }
    }

    /// <summary>The horizontal pass: every row from [sourceWidth, 3] to [width, 3].</summary>
    private static void ResizeRows(ReadOnlySpan<byte> source, int sourceWidth, Span<byte> destination, int width, int height)
    {
        ResampleWeights weights = new(sourceWidth, width);

        // A pixel is read and written as four bytes, so both rows get one byte more than their pixels need.
        byte[] input = ArrayPool<byte>.Shared.Rent(sourceWidth * 3 + 1);
        byte[] output = ArrayPool<byte>.Shared.Rent(width * 3 + 1);
        for (int y = 0; y < height; y++)
        {
            source.Slice(y * sourceWidth * 3, sourceWidth * 3).CopyTo(input);
            for (int x = 0; x < width; x++)
            {
                ReadOnlySpan<int> taps = weights.Taps(x);
                ReadOnlySpan<byte> pixels = input.AsSpan(weights.First(x) * 3, taps.Length * 3 + 1);
                Vector128<int> sum = Vector128.Create(Half);
                for (int k = 0; k < taps.Length; k++)
                {
                    sum += LoadPixel(pixels[(k * 3)..]) * taps[k];
                }

                StorePixel(sum >> ResampleWeights.FractionBits, output.AsSpan(x * 3));
            }

            output.AsSpan(0, width * 3).CopyTo(destination[(y * width * 3)..]);
        }

        ArrayPool<byte>.Shared.Return(input);
        ArrayPool<byte>.Shared.Return(output);
    }

    /// <summary>The vertical pass: rows of the destination's width from sourceHeight to its height.</summary>
    private static void ResizeColumns(ReadOnlySpan<byte> source, int sourceHeight, RgbImage destination)
    {
        ResampleWeights weights = new(sourceHeight, destination.Height);
        int stride = destination.Width * 3;
        for (int y = 0; y < destination.Height; y++)
        {
            ReadOnlySpan<int> taps = weights.Taps(y);
            MixRows(source.Slice(weights.First(y) * stride, taps.Length * stride), taps, destination.Row(y));
        }
    }

    private static void MixRows(ReadOnlySpan<byte> rows, ReadOnlySpan<int> taps, Span<byte> result)
    {
        int stride = result.Length;
        int i = 0;
        for (; i <= stride - Vector<byte>.Count; i += Vector<byte>.Count)
        {
            Vector<int> sum0 = new(Half);
            Vector<int> sum1 = sum0;
            Vector<int> sum2 = sum0;
            Vector<int> sum3 = sum0;
            for (int k = 0; k < taps.Length; k++)
            {
                Vector.Widen(new Vector<byte>(rows[(k * stride + i)..]), out Vector<ushort> low, out Vector<ushort> high);
                Vector.Widen(low, out Vector<uint> part0, out Vector<uint> part1);
                Vector.Widen(high, out Vector<uint> part2, out Vector<uint> part3);
                Vector<int> tap = new(taps[k]);
                sum0 += part0.As<uint, int>() * tap;
                sum1 += part1.As<uint, int>() * tap;
                sum2 += part2.As<uint, int>() * tap;
                sum3 += part3.As<uint, int>() * tap;
            }

            Vector<ushort> first = Vector.Narrow(ToByteRange(sum0), ToByteRange(sum1));
            Vector<ushort> second = Vector.Narrow(ToByteRange(sum2), ToByteRange(sum3));
            Vector.Narrow(first, second).CopyTo(result[i..]);
        }

        for (; i < stride; i++)
        {
            int sum = Half;
            for (int k = 0; k < taps.Length; k++)
            {
                sum += rows[k * stride + i] * taps[k];
            }

            result[i] = (byte)Math.Min(sum >> ResampleWeights.FractionBits, byte.MaxValue);
        }
    }

    private static Vector<uint> ToByteRange(Vector<int> sum) =>
        Vector.Min(sum >> ResampleWeights.FractionBits, new Vector<int>(byte.MaxValue)).As<int, uint>();

    private static Vector128<int> LoadPixel(ReadOnlySpan<byte> pixel)
    {
        Vector128<byte> bytes = Vector128.CreateScalar(BinaryPrimitives.ReadUInt32LittleEndian(pixel)).AsByte();
        return Vector128.WidenLower(Vector128.WidenLower(bytes)).AsInt32();
    }

    private static void StorePixel(Vector128<int> value, Span<byte> pixel)
    {
        Vector128<uint> clipped = Vector128.Min(value, Vector128.Create((int)byte.MaxValue)).AsUInt32();
        Vector128<ushort> words = Vector128.Narrow(clipped, clipped);
        BinaryPrimitives.WriteUInt32LittleEndian(pixel, Vector128.Narrow(words, words).AsUInt32().ToScalar());
    }
}
