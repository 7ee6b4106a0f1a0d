namespace Detr.Imaging;

/// <summary>A rectangle with quarter circles for corners.</summary>
internal readonly struct RoundedBoxCoverage(float x0, float y0, float x1, float y1, float radius) : ICoverage
{
    public float At(float x, float y)
    {
        // Signed distance: how far outside the box shrunk by the radius, less the radius.
        float dx = MathF.Abs(x - (x0 + x1) / 2) - (x1 - x0) / 2 + radius;
        float dy = MathF.Abs(y - (y0 + y1) / 2) - (y1 - y0) / 2 + radius;
        float outside = MathF.Sqrt(MathF.Max(dx, 0) * MathF.Max(dx, 0) + MathF.Max(dy, 0) * MathF.Max(dy, 0));
        return 0.5f + radius - outside - MathF.Min(MathF.Max(dx, dy), 0);
    }
}
