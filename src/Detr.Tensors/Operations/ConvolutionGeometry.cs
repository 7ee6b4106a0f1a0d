namespace Detr.Tensors;

/// <summary>Where a convolution's taps fall.</summary>
/// <param name="Stride">Input cells from one output cell to the next.</param>
/// <param name="Padding">Zeros around the input.</param>
/// <param name="Dilation">Input cells from one tap to the next.</param>
public readonly record struct ConvolutionGeometry(int Stride, int Padding, int Dilation = 1)
{
    /// <summary>Every cell, no padding: what a 1 × 1 kernel usually has.</summary>
    public static ConvolutionGeometry Pointwise => new(1, 0);
}
