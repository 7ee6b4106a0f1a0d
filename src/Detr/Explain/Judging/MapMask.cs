using System.Numerics.Tensors;
using Detr.Data;

namespace Detr.Explain;

/// <summary>An object's mask from its relevance map, as Chefer, Gur and Wolf (ICCV 2021, section 4.2) judge maps by it.</summary>
public static class MapMask
{
    /// <summary>Scales the map to bytes, parts its cells by Otsu's threshold, and enlarges that to the picture: inside is what is nearer to in than to out.</summary>
    /// <param name="map">[rows, columns] of the placement.</param>
    /// <param name="placement">Where the cells lie.</param>
    /// <param name="width">Pixels in a row of the picture.</param>
    /// <param name="height">Its rows.</param>
    /// <returns>The mask; empty when no cell stands out because all are equal.</returns>
    /// <exception cref="ArgumentException">The map is of another size, or has a value that is infinite or not a number.</exception>
    public static RunLengthMask From(ReadOnlySpan<float> map, MapPlacement placement, int width, int height)
    {
        placement.Require(map);
        byte[] bytes = ToBytes(map, placement);
        if (OtsuThreshold.Find(bytes) is not { } threshold)
        {
            return RunLengthMask.FromRuns(height, width, []);
        }

        float[] inside = new float[map.Length];
        for (int i = 0; i < bytes.Length; i++)
        {
            (int row, int column) = Math.DivRem(i, placement.PictureColumns);
            inside[(row * placement.Columns) + column] = bytes[i] > threshold ? 1 : 0;
        }

        return RunLengthMask.FromPixels(height, width, Array.ConvertAll(placement.Enlarge(inside, width, height), share => share > 0.5f));
    }

    /// <summary>The cells that are not padding, from 0 for the smallest value to 255 for the largest; all 0 when they are equal.</summary>
    private static byte[] ToBytes(ReadOnlySpan<float> map, MapPlacement placement)
    {
        byte[] bytes = new byte[placement.PictureRows * placement.PictureColumns];
        float[] values = new float[bytes.Length];
        for (int row = 0; row < placement.PictureRows; row++)
        {
            map.Slice(row * placement.Columns, placement.PictureColumns).CopyTo(values.AsSpan(row * placement.PictureColumns));
        }

        if (!TensorPrimitives.IsFiniteAll<float>(values))
        {
            throw new ArgumentException("The map has a value that is infinite or not a number, so that no threshold parts it.", nameof(map));
        }

        double low = TensorPrimitives.Min<float>(values), range = TensorPrimitives.Max<float>(values) - low;
        for (int i = 0; i < bytes.Length && range > 0; i++)
        {
            bytes[i] = (byte)((values[i] - low) / range * 255);
        }

        return bytes;
    }
}
