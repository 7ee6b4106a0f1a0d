using Detr.Kernels;
using Detr.Tensors;

namespace Detr.Models;

/// <summary>
/// A backbone whose weights and activations are bytes from its first convolution to its last, with the ranges of activations found
/// beforehand: less than half the time of single precision, maps of a quarter of the size, and features that differ by a few hundredths.
/// </summary>
public sealed class QuantizedBackbone
{
    private readonly Dictionary<string, QuantizedKernel> _kernels = new(StringComparer.Ordinal);
    private readonly QuantizedFormat _input;
    private readonly QuantizedLayer _stem;
    private readonly bool _pools;
    private readonly List<List<QuantizedBlock>> _stages = [];

    /// <summary>Rounds a backbone's weights as they are now.</summary>
    /// <param name="backbone">The backbone.</param>
    /// <param name="ranges">Its activations' ranges, from passes over typical images.</param>
    /// <exception cref="ArgumentException">Weights are not finite, or the range of a layer is not known.</exception>
    public QuantizedBackbone(Backbone backbone, ActivationRanges ranges)
        : this(backbone, ranges, (convolution, shape) => QuantizedKernel.Quantize(shape, convolution.Kernel.AsSpan()))
    {
    }

    internal QuantizedBackbone(Backbone backbone, ActivationRanges ranges, Func<NormalizedConvolution, ConvolutionShape, QuantizedKernel> kernels)
    {
        Ranges = ranges;
        ActivationRange image = ranges[backbone.InputName];
        _input = QuantizedFormat.Factor(image.Low, image.High);
        _stem = Layer(backbone.Stem, _input, Positive(backbone.Stem), null);
        _pools = backbone.Options.StemPooling;
        QuantizedFormat format = _stem.Output;
        foreach (IReadOnlyList<ResidualBlock> stage in backbone.Stages)
        {
            _stages.Add([.. stage.Select(Block)]);
        }

        QuantizedBlock Block(ResidualBlock block)
        {
            QuantizedLayer? shortcut = block.Shortcut is { } projection ? Layer(projection, format, Term(projection), null) : null;
            QuantizedFormat residual = shortcut?.Output ?? format;
            List<QuantizedLayer> layers = [];
            foreach (NormalizedConvolution convolution in block.Convolutions)
            {
                layers.Add(Layer(convolution, format, Positive(convolution), ReferenceEquals(convolution, block.Convolutions[^1]) ? residual : null));
                format = layers[^1].Output;
            }

            return new QuantizedBlock(layers, shortcut);
        }

        QuantizedFormat Positive(NormalizedConvolution convolution) => QuantizedFormat.Factor(0f, ranges[convolution.Name].High);

        QuantizedFormat Term(NormalizedConvolution convolution)
        {
            ActivationRange range = ranges[convolution.Name];
            return QuantizedFormat.Term(MathF.Max(-range.Low, range.High));
        }

        QuantizedLayer Layer(NormalizedConvolution convolution, QuantizedFormat input, QuantizedFormat output, QuantizedFormat? residual)
        {
            Shape weight = convolution.Kernel.Shape;
            ConvolutionShape shape = new(0, 0, 0, weight[1], weight[0], weight[2], weight[3])
            {
                Stride = convolution.Geometry.Stride, Padding = convolution.Geometry.Padding, Dilation = convolution.Geometry.Dilation,
            };
            QuantizedKernel kernel = kernels(convolution, shape);
            _kernels.Add(convolution.Kernel.Name, kernel);
            (Tensor scale, Tensor shift) = convolution.Folded();
            return new QuantizedLayer(kernel, scale.AsSpan(), shift.AsSpan(), input, output, residual);
        }
    }

    /// <summary>The ranges that it was made with.</summary>
    public ActivationRanges Ranges { get; }

    /// <summary>The weights by their parameters' names.</summary>
    public IReadOnlyDictionary<string, QuantizedKernel> Kernels => _kernels;

    /// <summary>The features of the last stage.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="image">[batch, 3, height, width], normalised.</param>
    /// <returns>[batch, height / stride, width / stride, channels], sizes rounded up.</returns>
    public Tensor Forward(ForwardContext context, Tensor image) => Run(context, image, onlyLast: true)[0];

    /// <summary>The features of all stages, the finest first.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="image">[batch, 3, height, width], normalised.</param>
    public IReadOnlyList<Tensor> ForwardAll(ForwardContext context, Tensor image) => Run(context, image, onlyLast: false);

    private List<Tensor> Run(ForwardContext context, Tensor image, bool onlyLast)
    {
        using Scope scope = context.Scope();
        Tensor pixels = context.Permute(image, 0, 2, 3, 1);
        QuantizedTensor bytes = context.Quantize(pixels, _input);
        scope.Release(pixels);
        QuantizedTensor x = Next(bytes, context.Convolution(bytes, _stem));
        if (_pools)
        {
            x = Next(x, context.MaxPool(x, 3, 2, 1));
        }

        List<Tensor> features = [];
        foreach (List<QuantizedBlock> stage in _stages)
        {
            foreach (QuantizedBlock block in stage)
            {
                x = Next(x, block.Forward(context, x));
            }

            if (!onlyLast || ReferenceEquals(stage, _stages[^1]))
            {
                features.Add(scope.Keep(context.Dequantize(x)));
            }
        }

        return features;

        QuantizedTensor Next(QuantizedTensor input, QuantizedTensor output)
        {
            if (!output.SharesMemory(input))
            {
                scope.Release(input);
            }

            return output;
        }
    }
}
