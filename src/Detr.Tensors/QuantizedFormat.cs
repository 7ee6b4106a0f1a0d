using Detr.Kernels;

namespace Detr.Tensors;

/// <summary>What the bytes of a tensor mean: value = Scale · (byte − Zero).</summary>
/// <param name="Scale">What a step is worth; above zero.</param>
/// <param name="Zero">The byte that means zero.</param>
/// <param name="Maximum">The largest byte.</param>
public readonly record struct QuantizedFormat(float Scale, byte Zero, byte Maximum)
{
    private const float LeastRange = 1e-12f;
    private const byte Middle = 128;

    /// <summary>For numbers from <paramref name="low"/> to <paramref name="high"/> that products read: seven bits.</summary>
    /// <param name="low">The smallest; zero and above count as zero.</param>
    /// <param name="high">The largest.</param>
    public static QuantizedFormat Factor(float low, float high)
    {
        low = MathF.Min(low, 0f);
        float scale = MathF.Max(high - low, LeastRange) / QuantizedKernel.LargestInput;
        return new QuantizedFormat(scale, (byte)Math.Clamp(MathF.Round(-low / scale), 0f, QuantizedKernel.LargestInput), QuantizedKernel.LargestInput);
    }

    /// <summary>For numbers of either sign that are only added to others: eight bits.</summary>
    /// <param name="largest">The largest size.</param>
    public static QuantizedFormat Term(float largest) => new(MathF.Max(largest, LeastRange) / (byte.MaxValue - Middle), Middle, byte.MaxValue);
}
