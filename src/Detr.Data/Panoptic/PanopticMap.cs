namespace Detr.Data;

/// <summary>Which segment each pixel of a picture belongs to: one id a pixel, so that segments cannot overlap.</summary>
public sealed class PanopticMap
{
    /// <summary>The id of pixels of no segment, unless a segment of that id is listed.</summary>
    public const int Void = 0;

    /// <summary>The largest id that COCO's form of three bytes holds.</summary>
    public const int LargestId = (1 << 24) - 1;

    /// <summary>Creates a map that is void everywhere.</summary>
    /// <param name="width">Pixels in a row; at least 1.</param>
    /// <param name="height">Rows; at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side is below 1, or the map does not fit in one array.</exception>
    public PanopticMap(int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)width * height, Array.MaxLength, nameof(height));
        Width = width;
        Height = height;
        Ids = new int[width * height];
    }

    /// <summary>Pixels in a row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>The segment of each pixel, [Height, Width], from 0 to <see cref="LargestId"/>.</summary>
    public int[] Ids { get; }

    /// <summary>The ids of one row.</summary>
    /// <param name="y">The row, from 0 at the top.</param>
    public Span<int> Row(int y) => Ids.AsSpan(y * Width, Width);
}
