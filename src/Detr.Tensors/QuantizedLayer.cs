using Detr.Kernels;

namespace Detr.Tensors;

/// <summary>
/// A convolution in eight bits with all that is constant about it: y = scale ⊙ conv(x, w) + shift + residual, its formats fixed in
/// advance, so that a pass has nothing to look for.
/// </summary>
public sealed class QuantizedLayer
{
    /// <summary>Makes a layer.</summary>
    /// <param name="kernel">The weights.</param>
    /// <param name="scale">[out], such as a frozen batch norm's.</param>
    /// <param name="shift">[out].</param>
    /// <param name="input">What the bytes of x mean.</param>
    /// <param name="output">What the bytes of y mean; a ReLU where zero is the least of them.</param>
    /// <param name="residual">What the bytes of the residual mean; null when there is none.</param>
    /// <exception cref="ArgumentException">x is in a format that products cannot read, or there are too few scales or shifts.</exception>
    public QuantizedLayer(QuantizedKernel kernel, ReadOnlySpan<float> scale, ReadOnlySpan<float> shift, QuantizedFormat input, QuantizedFormat output, QuantizedFormat? residual = null)
    {
        int channels = kernel.Shape.OutputChannels;
        if (input.Maximum > QuantizedKernel.LargestInput || scale.Length != channels || shift.Length != channels)
        {
            throw new ArgumentException($"Inputs up to {input.Maximum}, {scale.Length} scales and {shift.Length} shifts do not fit {kernel.Shape}.", nameof(kernel));
        }

        (Kernel, Input, Output, Residual) = (kernel, input, output, residual);
        int[] sums = kernel.Sums();
        float[] steps = new float[channels], terms = new float[channels];
        float zero = output.Zero - (residual is { } term ? term.Zero * (term.Scale / output.Scale) : 0f);
        for (int o = 0; o < channels; o++)
        {
            steps[o] = input.Scale * kernel.Scales[o] * scale[o] / output.Scale;
            terms[o] = (shift[o] / output.Scale) + zero - (input.Zero * sums[o] * steps[o]);
        }

        Scale = Tensor.FromArray([channels], steps);
        Bias = Tensor.FromArray([channels], terms);
    }

    /// <summary>The weights.</summary>
    public QuantizedKernel Kernel { get; }

    /// <summary>What the bytes of x mean.</summary>
    public QuantizedFormat Input { get; }

    /// <summary>What the bytes of y mean.</summary>
    public QuantizedFormat Output { get; }

    /// <summary>What the bytes of the residual mean; null when there is none.</summary>
    public QuantizedFormat? Residual { get; }

    /// <summary>What a sum of products is multiplied with, in steps of y: [out].</summary>
    internal Tensor Scale { get; }

    /// <summary>What is added then, in steps of y, the zeros of all formats included: [out].</summary>
    internal Tensor Bias { get; }
}
