namespace Detr.Imaging;

/// <summary>An upright rectangle; its coverage is exact.</summary>
internal readonly struct BoxCoverage(float x0, float y0, float x1, float y1) : ICoverage
{
    public float At(float x, float y) => Overlap(x0, x1, x) * Overlap(y0, y1, y);

    private static float Overlap(float from, float to, float center) =>
        MathF.Max(0, MathF.Min(to, center + 0.5f) - MathF.Max(from, center - 0.5f));
}
