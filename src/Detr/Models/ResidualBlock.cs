using Detr.Kernels;
using Detr.Tensors;

namespace Detr.Models;

/// <summary>y = relu(f(x) + shortcut(x)), f two 3×3 convolutions or a bottleneck of three (He et al. 2016, figure 5).</summary>
internal sealed class ResidualBlock
{
    private readonly List<NormalizedConvolution> _convolutions = [];

    internal ResidualBlock(ParameterSet parameters, string name, int inputs, int width, int stride, int dilation, bool bottleneck, BackboneNorm norm)
    {
        int outputs = bottleneck ? 4 * width : width;
        if (bottleneck)
        {
            Add(inputs, width, 1, ConvolutionGeometry.Pointwise);
            Add(width, width, 3, new ConvolutionGeometry(stride, dilation, dilation));
            Add(width, outputs, 1, ConvolutionGeometry.Pointwise);
        }
        else
        {
            Add(inputs, width, 3, new ConvolutionGeometry(stride, dilation, dilation));
            Add(width, width, 3, new ConvolutionGeometry(1, 1));
        }

        if (stride != 1 || inputs != outputs)
        {
            Shortcut = new NormalizedConvolution(
                parameters, $"{name}.downsample.0", $"{name}.downsample.1", inputs, outputs, 1, new ConvolutionGeometry(stride, 0), norm);
        }

        void Add(int from, int to, int kernel, ConvolutionGeometry geometry)
        {
            int number = _convolutions.Count + 1;
            _convolutions.Add(new NormalizedConvolution(parameters, $"{name}.conv{number}", $"{name}.bn{number}", from, to, kernel, geometry, norm));
        }
    }

    /// <summary>Two or three, in their order.</summary>
    internal IReadOnlyList<NormalizedConvolution> Convolutions => _convolutions;

    /// <summary>What brings the input to the result's shape; null where it has it already.</summary>
    internal NormalizedConvolution? Shortcut { get; }

    /// <summary>One block.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="x">[batch, height, width, in].</param>
    /// <param name="overwriteInput">Whether nobody needs the input afterwards: without a tape the result may take its place.</param>
    internal Tensor Forward(ForwardContext context, Tensor x, bool overwriteInput)
        => context.Recompute([x], (Block: this, X: x, Overwrites: overwriteInput), static (context, part) => part.Block.Compute(context, part.X, part.Overwrites));

    private Tensor Compute(ForwardContext context, Tensor x, bool overwriteInput)
    {
        using Scope scope = context.Scope();
        Tensor shortcut = Shortcut?.Forward(context, x, null, Activation.None) ?? x;
        Tensor y = x;
        for (int i = 0; i < _convolutions.Count - 1; i++)
        {
            y = _convolutions[i].Forward(context, y, null, Activation.Relu);
        }

        return scope.Keep(_convolutions[^1].Forward(context, y, shortcut, Activation.Relu, overwriteResidual: Shortcut is not null || overwriteInput));
    }
}
