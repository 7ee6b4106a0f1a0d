namespace Detr.Imaging;

/// <summary>Filters rows of bytes before compression, each by the filter that promises to compress best, and undoes filters.</summary>
/// <remarks>
/// PNG, section 9: a byte is replaced by its difference from a prediction out of the bytes left (a), above (b) and
/// above left (c). The choice is the usual heuristic of section 12.8: the least sum of absolute signed differences.
/// </remarks>
internal sealed class PngRowFilter
{
    private const int PixelBytes = 3;
    private byte[] _best;
    private byte[] _candidate;

    /// <summary>Creates a filter with its two row buffers.</summary>
    /// <param name="rowBytes">Bytes in a row.</param>
    public PngRowFilter(int rowBytes)
    {
        _best = new byte[rowBytes + 1];
        _candidate = new byte[rowBytes + 1];
    }

    /// <summary>Filters a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="above">The row before it, unfiltered; zeros for the first.</param>
    /// <returns>The filter's number, then the filtered bytes; valid until the next call.</returns>
    public ReadOnlySpan<byte> Apply(ReadOnlySpan<byte> row, ReadOnlySpan<byte> above)
    {
        long least = long.MaxValue;
        for (byte type = 0; type <= 4; type++)
        {
            _candidate[0] = type;
            long sum = Filter(type, row, above, _candidate.AsSpan(1));
            if (sum < least)
            {
                least = sum;
                (_best, _candidate) = (_candidate, _best);
            }
        }

        return _best;
    }

    /// <summary>Undoes a row's filter in place.</summary>
    /// <param name="type">The filter's number.</param>
    /// <param name="row">The filtered bytes.</param>
    /// <param name="above">The row before it, unfiltered; zeros for the first.</param>
    /// <param name="pixelBytes">Bytes a pixel; 1 where pixels share bytes.</param>
    /// <exception cref="InvalidDataException">There is no such filter.</exception>
    public static void Undo(byte type, Span<byte> row, ReadOnlySpan<byte> above, int pixelBytes)
    {
        above = above[..row.Length];
        switch (type)
        {
            case 0:
                break;
            case 1:
                for (int i = pixelBytes; i < row.Length; i++)
                {
                    row[i] += row[i - pixelBytes];
                }

                break;
            case 2:
                for (int i = 0; i < row.Length; i++)
                {
                    row[i] += above[i];
                }

                break;
            case 3 or 4:
                for (int i = 0; i < Math.Min(pixelBytes, row.Length); i++)
                {
                    row[i] += (byte)Predict(type, 0, above[i], 0);
                }

                for (int i = pixelBytes; i < row.Length; i++)
                {
                    row[i] += (byte)Predict(type, row[i - pixelBytes], above[i], above[i - pixelBytes]);
                }

                break;
            default:
                throw new InvalidDataException("a PNG row has an unknown filter; the file is damaged.");
        }
    }

    private static long Filter(byte type, ReadOnlySpan<byte> row, ReadOnlySpan<byte> above, Span<byte> result)
    {
        // The first pixel has nothing to its left, so a and c are 0 there.
        for (int i = 0; i < PixelBytes; i++)
        {
            result[i] = (byte)(row[i] - Predict(type, 0, above[i], 0));
        }

        ReadOnlySpan<byte> current = row[PixelBytes..];
        ReadOnlySpan<byte> left = row[..current.Length];
        ReadOnlySpan<byte> up = above.Slice(PixelBytes, current.Length);
        ReadOnlySpan<byte> upLeft = above[..current.Length];
        Span<byte> output = result.Slice(PixelBytes, current.Length);
        switch (type)
        {
            case 0:
                current.CopyTo(output);
                break;
            case 1:
                for (int i = 0; i < output.Length; i++)
                {
                    output[i] = (byte)(current[i] - left[i]);
                }

                break;
            case 2:
                for (int i = 0; i < output.Length; i++)
                {
                    output[i] = (byte)(current[i] - up[i]);
                }

                break;
            case 3:
                for (int i = 0; i < output.Length; i++)
                {
                    output[i] = (byte)(current[i] - ((left[i] + up[i]) >> 1));
                }

                break;
            default:
                for (int i = 0; i < output.Length; i++)
                {
                    output[i] = (byte)(current[i] - Paeth(left[i], up[i], upLeft[i]));
                }

                break;
        }

        long sum = 0;
        foreach (byte difference in result)
        {
            sum += Math.Abs((int)(sbyte)difference);
        }

        return sum;
    }

    private static int Predict(byte type, int a, int b, int c) => type switch
    {
        0 => 0,
        1 => a,
        2 => b,
        3 => (a + b) >> 1,
        _ => Paeth(a, b, c),
    };

    private static int Paeth(int a, int b, int c)
    {
        int distanceA = Math.Abs(b - c);
        int distanceB = Math.Abs(a - c);
        int distanceC = Math.Abs(a + b - 2 * c);
        return distanceA <= distanceB && distanceA <= distanceC ? a : distanceB <= distanceC ? b : c;
    }
}
