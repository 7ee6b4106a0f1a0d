namespace Detr.Kernels;

/// <summary>An operation on two operands of which either may be one number, repeated.</summary>
internal interface IBinaryFunction
{
    /// <summary>y = a ∘ b.</summary>
    void Apply(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y);

    /// <summary>y = a ∘ b with one b.</summary>
    void Apply(ReadOnlySpan<float> a, float b, Span<float> y);

    /// <summary>y = a ∘ b with one a.</summary>
    void Apply(float a, ReadOnlySpan<float> b, Span<float> y);
}
