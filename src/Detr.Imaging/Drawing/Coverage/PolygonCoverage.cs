using System.Buffers;
using System.Numerics;

namespace Detr.Imaging;

/// <summary>Finds the exact share of every pixel that a polygon covers.</summary>
/// <remarks>
/// Every edge adds to each pixel it passes the signed area between itself and the pixel's right side, and to the next
/// pixel the rest of its height; the running sum along a row is then the covered area, counted once for every turn of
/// the outline around the pixel.
/// </remarks>
internal static class PolygonCoverage
{
    /// <summary>Writes the coverage of a closed polygon into a mask.</summary>
    public static void Fill(CoverageMask mask, ReadOnlySpan<Vector2> corners)
    {
        PixelBounds bounds = mask.Bounds;

        // Two more columns: the one right of the last, and the one its rest goes to.
        int stride = bounds.Width + 2;
        float[] changes = ArrayPool<float>.Shared.Rent(stride * bounds.Height);
        changes.AsSpan(0, stride * bounds.Height).Clear();
        Vector2 origin = new(bounds.Left, bounds.Top);
        for (int i = 0; i < corners.Length; i++)
        {
            AddEdge(changes, bounds, corners[i] - origin, corners[(i + 1) % corners.Length] - origin);
        }

        for (int y = 0; y < bounds.Height; y++)
        {
            Span<float> row = mask.Row(bounds.Top + y);
            float sum = 0;
            for (int x = 0; x < row.Length; x++)
            {
                sum += changes[y * stride + x];
                row[x] = MathF.Min(MathF.Abs(sum), 1);
            }
        }

        ArrayPool<float>.Shared.Return(changes);
    }

    private static void AddEdge(Span<float> changes, PixelBounds bounds, Vector2 from, Vector2 to)
    {
        if (from.Y == to.Y)
        {
            return;
        }

        float sign = from.Y < to.Y ? 1 : -1;
        (Vector2 top, Vector2 bottom) = from.Y < to.Y ? (from, to) : (to, from);
        float slope = (bottom.X - top.X) / (bottom.Y - top.Y);
        int last = Math.Min((int)MathF.Ceiling(bottom.Y), bounds.Height);
        for (int y = Math.Max((int)MathF.Floor(top.Y), 0); y < last; y++)
        {
            float y0 = MathF.Max(top.Y, y);
            float y1 = MathF.Min(bottom.Y, y + 1);
            Span<float> row = changes.Slice(y * (bounds.Width + 2), bounds.Width + 2);
            AddPiece(row, top.X + (y0 - top.Y) * slope, top.X + (y1 - top.Y) * slope, sign * (y1 - y0));
        }
    }

    /// <summary>Adds the part of an edge inside one row: from column x0 to x1, of a signed height.</summary>
    private static void AddPiece(Span<float> row, float x0, float x1, float height)
    {
        (float left, float right) = x0 < x1 ? (x0, x1) : (x1, x0);
        float limit = row.Length - 2;

        // What lies left of the mask counts whole, what lies right of it not at all.
        float length = right - left;
        float before = length > 0 ? Math.Clamp(-left, 0, length) / length : left < 0 ? 1 : 0;
        row[0] += height * before;
        left = MathF.Max(left, 0);
        right = MathF.Min(right, limit);
        if (left > right || before == 1)
        {
            return;
        }

        for (int x = (int)left; x <= (int)right; x++)
        {
            float a = MathF.Max(left, x);
            float b = MathF.Min(right, x + 1);
            float share = length > 0 ? (b - a) / length : 1;
            float middle = (a + b) / 2 - x;
            row[x] += height * share * (1 - middle);
            row[x + 1] += height * share * middle;
        }
    }
}
