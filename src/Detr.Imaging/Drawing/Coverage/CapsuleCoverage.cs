namespace Detr.Imaging;

/// <summary>A line with round ends: all points within the radius of a segment.</summary>
internal readonly struct CapsuleCoverage : ICoverage
{
    private readonly float _x0;
    private readonly float _y0;
    private readonly float _dx;
    private readonly float _dy;
    private readonly float _inverseSquare;
    private readonly float _radius;

    public CapsuleCoverage(float x0, float y0, float x1, float y1, float radius)
    {
        (_x0, _y0, _dx, _dy, _radius) = (x0, y0, x1 - x0, y1 - y0, radius);
        float square = _dx * _dx + _dy * _dy;
        _inverseSquare = square > 0 ? 1 / square : 0;
    }

    public float At(float x, float y)
    {
        float along = Math.Clamp(((x - _x0) * _dx + (y - _y0) * _dy) * _inverseSquare, 0, 1);
        float offX = x - _x0 - along * _dx;
        float offY = y - _y0 - along * _dy;

        // A line thinner than a pixel is as wide as a pixel and as much paler.
        float radius = MathF.Max(_radius, 0.5f);
        return MathF.Min(radius + 0.5f - MathF.Sqrt(offX * offX + offY * offY), 1) * MathF.Min(_radius * 2, 1);
    }

    /// <summary>Narrows a row's columns to those that the line can touch.</summary>
    public (int Left, int Right) Columns(float y, PixelBounds bounds)
    {
        float reach = MathF.Max(_radius, 0.5f) + 1;
        float length = MathF.Sqrt(_dx * _dx + _dy * _dy);

        // Only where the line is steep enough for the bounding box to be wasteful.
        if (MathF.Abs(_dy) * 64 <= length)
        {
            return (bounds.Left, bounds.Right);
        }

        float center = _x0 + (y - _y0) * _dx / _dy;
        float half = reach * length / MathF.Abs(_dy);
        return (
            (int)Math.Clamp(center - half, bounds.Left, bounds.Right),
            (int)Math.Clamp(MathF.Ceiling(center + half), bounds.Left, bounds.Right));
    }
}
