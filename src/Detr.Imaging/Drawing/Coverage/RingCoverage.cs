namespace Detr.Imaging;

/// <summary>A disc, or the ring between two radii.</summary>
internal readonly struct RingCoverage(float centerX, float centerY, float inner, float outer) : ICoverage
{
    public float At(float x, float y)
    {
        float distance = MathF.Sqrt((x - centerX) * (x - centerX) + (y - centerY) * (y - centerY));
        float disc = Math.Clamp(outer - distance + 0.5f, 0, 1);
        return inner > 0 ? disc - Math.Clamp(inner - distance + 0.5f, 0, 1) : disc;
    }
}
