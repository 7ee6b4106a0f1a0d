using System.Numerics;

namespace Detr.Imaging;

/// <summary>Draws into a picture, antialiased.</summary>
/// <remarks>
/// Pixel (i, j) is the square from (i, j) to (i + 1, j + 1), so a rectangle from 2 to 5 fills pixels 2, 3 and 4 whole.
/// Everything is clipped to the picture. A shape with a coordinate that is infinite or not a number is not drawn, so
/// that one bad box does not cost the picture. Colours mix as sRGB bytes.
/// </remarks>
public sealed partial class Canvas
{
    /// <summary>Creates a canvas.</summary>
    /// <param name="image">The picture to draw into; changed in place.</param>
    public Canvas(RgbImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        Image = image;
    }

    /// <summary>The picture drawn into.</summary>
    public RgbImage Image { get; }

    /// <summary>Fills the whole picture.</summary>
    /// <param name="color">The colour.</param>
    public void Clear(Rgb color) => FillRectangle(0, 0, Image.Width, Image.Height, color);

    /// <summary>Fills an upright rectangle.</summary>
    /// <param name="x0">One vertical edge.</param>
    /// <param name="y0">One horizontal edge.</param>
    /// <param name="x1">The other vertical edge.</param>
    /// <param name="y1">The other horizontal edge.</param>
    /// <param name="color">The colour.</param>
    /// <param name="opacity">From 0 to 1.</param>
    public void FillRectangle(float x0, float y0, float x1, float y1, Rgb color, float opacity = 1)
    {
        (x0, x1) = (MathF.Min(x0, x1), MathF.Max(x0, x1));
        (y0, y1) = (MathF.Min(y0, y1), MathF.Max(y0, y1));
        Paint(new BoxCoverage(x0, y0, x1, y1), PixelBounds.Around(Image, x0, y0, x1, y1), color, opacity);
    }

    /// <summary>Fills an upright rectangle with round corners.</summary>
    /// <param name="x0">One vertical edge.</param>
    /// <param name="y0">One horizontal edge.</param>
    /// <param name="x1">The other vertical edge.</param>
    /// <param name="y1">The other horizontal edge.</param>
    /// <param name="radius">Of the corners, in pixels; at most half the shorter side.</param>
    /// <param name="color">The colour.</param>
    /// <param name="opacity">From 0 to 1.</param>
    public void FillRoundedRectangle(float x0, float y0, float x1, float y1, float radius, Rgb color, float opacity = 1)
    {
        (x0, x1) = (MathF.Min(x0, x1), MathF.Max(x0, x1));
        (y0, y1) = (MathF.Min(y0, y1), MathF.Max(y0, y1));
        float fitting = MathF.Min(MathF.Max(radius, 0), MathF.Min(x1 - x0, y1 - y0) / 2);
        PixelBounds bounds = PixelBounds.Around(Image, x0 - 1, y0 - 1, x1 + 1, y1 + 1);
        Paint(new RoundedBoxCoverage(x0, y0, x1, y1, fitting), bounds, color, opacity);
    }

    /// <summary>Draws the outline of an upright rectangle; the stroke is centred on the edges.</summary>
    /// <param name="x0">One vertical edge.</param>
    /// <param name="y0">One horizontal edge.</param>
    /// <param name="x1">The other vertical edge.</param>
    /// <param name="y1">The other horizontal edge.</param>
    /// <param name="color">The colour.</param>
    /// <param name="thickness">Of the stroke, in pixels.</param>
    /// <param name="opacity">From 0 to 1.</param>
    public void DrawRectangle(float x0, float y0, float x1, float y1, Rgb color, float thickness = 2, float opacity = 1)
    {
        if (!(thickness > 0))
        {
            return;
        }

        float half = thickness / 2;
        (float left, float right) = (MathF.Min(x0, x1), MathF.Max(x0, x1));
        (float top, float bottom) = (MathF.Min(y0, y1), MathF.Max(y0, y1));
        BoxCoverage outer = new(left - half, top - half, right + half, bottom + half);
        BoxCoverage inner = new(left + half, top + half, right - half, bottom - half);
        FrameCoverage frame = new(outer, inner);
        PixelBounds all = PixelBounds.Around(Image, left - half, top - half, right + half, bottom + half);
        PixelBounds hole = PixelBounds.Around(Image, left + half + 1, top + half + 1, right - half - 1, bottom - half - 1);
        if (all.IsEmpty || hole.IsEmpty)
        {
            Paint(frame, all, color, opacity);
            return;
        }

        // The pixels around the hole, as four bands that share none.
        Paint(frame, all with { Bottom = hole.Top }, color, opacity);
        Paint(frame, all with { Top = hole.Bottom }, color, opacity);
        Paint(frame, hole with { Left = all.Left, Right = hole.Left }, color, opacity);
        Paint(frame, hole with { Left = hole.Right, Right = all.Right }, color, opacity);
    }

    /// <summary>Draws a line with round ends.</summary>
    /// <param name="x0">Where it starts.</param>
    /// <param name="y0">Where it starts.</param>
    /// <param name="x1">Where it ends.</param>
    /// <param name="y1">Where it ends.</param>
    /// <param name="color">The colour.</param>
    /// <param name="thickness">In pixels; below 1 the line grows paler.</param>
    /// <param name="opacity">From 0 to 1.</param>
    public void DrawLine(float x0, float y0, float x1, float y1, Rgb color, float thickness = 1, float opacity = 1) =>
        DrawPolyline([new(x0, y0), new(x1, y1)], color, thickness, opacity);

    /// <summary>Draws connected lines with round joints and ends.</summary>
    /// <param name="points">The points in turn; one alone is a dot.</param>
    /// <param name="color">The colour.</param>
    /// <param name="thickness">In pixels; below 1 the lines grow paler.</param>
    /// <param name="opacity">From 0 to 1; joints do not show through.</param>
    public void DrawPolyline(ReadOnlySpan<Vector2> points, Rgb color, float thickness = 1, float opacity = 1)
    {
        PixelBounds bounds = Around(points, MathF.Max(thickness / 2, 0.5f) + 1);
        if (bounds.IsEmpty || !(thickness > 0))
        {
            return;
        }

        using CoverageMask mask = new(bounds);
        for (int i = 0; i < Math.Max(points.Length - 1, 1); i++)
        {
            mask.AddLine(Image, points[i], points[Math.Min(i + 1, points.Length - 1)], thickness / 2);
        }

        Paint(mask, color, opacity);
    }

    /// <summary>Draws a circle; the stroke is centred on it.</summary>
    /// <param name="x">Of the centre.</param>
    /// <param name="y">Of the centre.</param>
    /// <param name="radius">In pixels.</param>
    /// <param name="color">The colour.</param>
    /// <param name="thickness">Of the stroke, in pixels.</param>
    /// <param name="opacity">From 0 to 1.</param>
    public void DrawCircle(float x, float y, float radius, Rgb color, float thickness = 1, float opacity = 1)
    {
        if (radius >= 0 && thickness > 0)
        {
            PaintRing(x, y, radius - thickness / 2, radius + thickness / 2, color, opacity);
        }
    }

    /// <summary>Fills a circle.</summary>
    /// <param name="x">Of the centre.</param>
    /// <param name="y">Of the centre.</param>
    /// <param name="radius">In pixels.</param>
    /// <param name="color">The colour.</param>
    /// <param name="opacity">From 0 to 1.</param>
    public void FillCircle(float x, float y, float radius, Rgb color, float opacity = 1)
    {
        if (radius > 0)
        {
            PaintRing(x, y, 0, radius, color, opacity);
        }
    }

    /// <summary>Fills a polygon; what its outline goes around twice in one direction is filled once.</summary>
    /// <param name="corners">The corners in turn, the last joined to the first; fewer than three fill nothing.</param>
    /// <param name="color">The colour.</param>
    /// <param name="opacity">From 0 to 1.</param>
    public void FillPolygon(ReadOnlySpan<Vector2> corners, Rgb color, float opacity = 1)
    {
        PixelBounds bounds = Around(corners, 0);
        if (corners.Length < 3 || bounds.IsEmpty)
        {
            return;
        }

        using CoverageMask mask = new(bounds);
        PolygonCoverage.Fill(mask, corners);
        Paint(mask, color, opacity);
    }

    private void PaintRing(float x, float y, float inner, float outer, Rgb color, float opacity)
    {
        float reach = outer + 1;
        PixelBounds bounds = PixelBounds.Around(Image, x - reach, y - reach, x + reach, y + reach);
        Paint(new RingCoverage(x, y, inner, outer), bounds, color, opacity);
    }

    /// <summary>The pixels around some points; none when a point is not finite.</summary>
    private PixelBounds Around(ReadOnlySpan<Vector2> points, float margin)
    {
        Vector2 low = new(float.MaxValue);
        Vector2 high = new(float.MinValue);
        foreach (Vector2 point in points)
        {
            if (!float.IsFinite(point.X) || !float.IsFinite(point.Y))
            {
                return default;
            }

            low = Vector2.Min(low, point);
            high = Vector2.Max(high, point);
        }

        return points.IsEmpty
            ? default
            : PixelBounds.Around(Image, low.X - margin, low.Y - margin, high.X + margin, high.Y + margin);
    }

    private void Paint<T>(T shape, PixelBounds bounds, Rgb color, float opacity)
        where T : struct, ICoverage
    {
        float strength = MathF.Min(opacity, 1);
        for (int y = bounds.Top; y < bounds.Bottom; y++)
        {
            Span<byte> row = Image.Row(y);
            for (int x = bounds.Left; x < bounds.Right; x++)
            {
                Blend(row.Slice(x * 3, 3), color, MathF.Min(shape.At(x + 0.5f, y + 0.5f), 1) * strength);
            }
        }
    }

    private void Paint(CoverageMask mask, Rgb color, float opacity)
    {
        float strength = MathF.Min(opacity, 1);
        PixelBounds bounds = mask.Bounds;
        for (int y = bounds.Top; y < bounds.Bottom; y++)
        {
            ReadOnlySpan<float> coverage = mask.Row(y);
            Span<byte> row = Image.Row(y);
            for (int x = 0; x < coverage.Length; x++)
            {
                Blend(row.Slice((bounds.Left + x) * 3, 3), color, coverage[x] * strength);
            }
        }
    }

    private static void Blend(Span<byte> pixel, Rgb color, float share)
    {
        // Written so that not-a-number, too, leaves the pixel alone.
        if (!(share > 0))
        {
            return;
        }

        pixel[0] = Rgb.Blend(pixel[0], color.R, share);
        pixel[1] = Rgb.Blend(pixel[1], color.G, share);
        pixel[2] = Rgb.Blend(pixel[2], color.B, share);
    }
}
