namespace Detr.Imaging;

/// <summary>A rectangle without the rectangle inside it.</summary>
internal readonly struct FrameCoverage(BoxCoverage outer, BoxCoverage inner) : ICoverage
{
    public float At(float x, float y) => outer.At(x, y) - inner.At(x, y);
}
