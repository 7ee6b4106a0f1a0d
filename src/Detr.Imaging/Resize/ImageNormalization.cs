namespace Detr.Imaging;

/// <summary>From bytes to the numbers a network reads.</summary>
public static class ImageNormalization
{
    /// <summary>Mean of red, green and blue over ImageNet, of values in [0, 1].</summary>
    public static ReadOnlySpan<float> Mean => [0.485f, 0.456f, 0.406f];

    /// <summary>Standard deviation of red, green and blue over ImageNet, of values in [0, 1].</summary>
    public static ReadOnlySpan<float> StandardDeviation => [0.229f, 0.224f, 0.225f];

    /// <summary>Writes (value / 255 - mean) / deviation, one plane a channel.</summary>
    /// <param name="source">The picture to read.</param>
    /// <param name="destination">
    /// Where the picture goes: its planes [3, rows, <paramref name="rowStride"/>], red first; what lies right of and
    /// below the picture is left as it is.
    /// </param>
    /// <param name="rowStride">Elements from one row to the next; at least the picture's width.</param>
    /// <param name="planeStride">Elements from one plane to the next; at least height · <paramref name="rowStride"/>.</param>
    /// <exception cref="ArgumentException">A stride is too small, or the destination is too short.</exception>
    public static void Normalize(RgbImage source, Span<float> destination, int rowStride, int planeStride)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfLessThan(rowStride, source.Width);
        ArgumentOutOfRangeException.ThrowIfLessThan(planeStride, (long)source.Height * rowStride);
        long needed = 2L * planeStride + (source.Height - 1L) * rowStride + source.Width;
        if (destination.Length < needed)
        {
            throw new ArgumentException(
                $"The destination holds {destination.Length} values; the picture needs {needed}.", nameof(destination));
        }

        // A byte has 256 values: each channel's results are computed once and looked up.
        Span<float> table = stackalloc float[256];
        for (int channel = 0; channel < 3; channel++)
        {
            for (int value = 0; value < table.Length; value++)
            {
                table[value] = (value / 255f - Mean[channel]) / StandardDeviation[channel];
            }

            for (int y = 0; y < source.Height; y++)
            {
                ReadOnlySpan<byte> row = source.Row(y)[channel..];
                Span<float> output = destination.Slice(channel * planeStride + y * rowStride, source.Width);
                for (int x = 0; x < output.Length; x++)
                {
                    output[x] = table[row[x * 3]];
                }
            }
        }
    }
}
