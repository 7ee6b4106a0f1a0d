namespace Detr.Kernels;

/// <summary>A function of up to two numbers, applied to a run of them.</summary>
internal interface IElementFunction
{
    /// <summary>y = f(a, b), all of one length; y may be a or b.</summary>
    void Apply(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y);
}
