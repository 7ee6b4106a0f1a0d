using System.Buffers;
using System.Numerics;

namespace Detr.Imaging;

/// <summary>
/// The coverage of a shape made of parts, gathered before it is painted, so that where parts overlap or touch no seam
/// shows.
/// </summary>
internal sealed class CoverageMask : IDisposable
{
    private readonly float[] _values;

    /// <summary>Creates an empty mask over some pixels.</summary>
    /// <param name="bounds">The pixels; not empty.</param>
    public CoverageMask(PixelBounds bounds)
    {
        Bounds = bounds;
        _values = ArrayPool<float>.Shared.Rent(bounds.Width * bounds.Height);
        _values.AsSpan(0, bounds.Width * bounds.Height).Clear();
    }

    /// <summary>The pixels the mask is over.</summary>
    public PixelBounds Bounds { get; }

    /// <summary>The coverage of one row of pixels, [Bounds.Width].</summary>
    /// <param name="y">The row of the picture, inside the bounds.</param>
    public Span<float> Row(int y) => _values.AsSpan((y - Bounds.Top) * Bounds.Width, Bounds.Width);

    /// <summary>Joins a line with round ends to the shape.</summary>
    public void AddLine(RgbImage image, Vector2 from, Vector2 to, float radius)
    {
        float reach = MathF.Max(radius, 0.5f) + 1;
        Vector2 low = Vector2.Min(from, to) - new Vector2(reach);
        Vector2 high = Vector2.Max(from, to) + new Vector2(reach);
        PixelBounds touched = PixelBounds.Around(image, low.X, low.Y, high.X, high.Y);
        PixelBounds area = new(
            Math.Max(touched.Left, Bounds.Left),
            Math.Max(touched.Top, Bounds.Top),
            Math.Min(touched.Right, Bounds.Right),
            Math.Min(touched.Bottom, Bounds.Bottom));
        if (area.IsEmpty)
        {
            return;
        }

        CapsuleCoverage line = new(from.X, from.Y, to.X, to.Y, radius);
        for (int y = area.Top; y < area.Bottom; y++)
        {
            Span<float> row = Row(y);
            (int left, int right) = line.Columns(y + 0.5f, area);
            for (int x = left; x < right; x++)
            {
                ref float value = ref row[x - Bounds.Left];
                value = MathF.Max(value, line.At(x + 0.5f, y + 0.5f));
            }
        }
    }

    /// <summary>Gives the storage back.</summary>
    public void Dispose() => ArrayPool<float>.Shared.Return(_values);
}
