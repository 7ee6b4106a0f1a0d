using Detr.Kernels;
using Detr.Tensors;

namespace Detr.Models;

/// <summary>A ResNet without its classifier: from pixels to the features that the transformer reads.</summary>
public sealed class Backbone
{
    private readonly List<IReadOnlyList<ResidualBlock>> _stages = [];

    /// <summary>Adds the backbone's parameters.</summary>
    /// <param name="parameters">Takes conv1, bn1, layer1, layer2 … under the prefix.</param>
    /// <param name="prefix">What stands before each name, such as <c>backbone.0.body.</c>.</param>
    /// <param name="options">The shape.</param>
    public Backbone(ParameterSet parameters, string prefix, BackboneOptions options)
    {
        Options = options;
        InputName = $"{prefix}input";
        Stem = new NormalizedConvolution(
            parameters, $"{prefix}conv1", $"{prefix}bn1", 3, options.Width, options.StemKernel, new ConvolutionGeometry(2, options.StemKernel / 2), options.Norm);
        int channels = options.Width;
        for (int stage = 0; stage < options.Blocks.Count; stage++)
        {
            int width = options.Width << stage;
            bool last = stage == options.Blocks.Count - 1;
            bool dilates = options.Dilation && last;
            List<ResidualBlock> blocks = [];
            for (int block = 0; block < options.Blocks[stage]; block++)
            {
                int stride = block == 0 && stage > 0 && !dilates ? 2 : 1;

                // As in the reference: the block that would have halved the resolution still has the dilation before it.
                int dilation = dilates && block > 0 ? 2 : 1;
                blocks.Add(new ResidualBlock(parameters, $"{prefix}layer{stage + 1}.{block}", channels, width, stride, dilation, options.Bottleneck, options.Norm));
                channels = options.Bottleneck ? 4 * width : width;
            }

            _stages.Add(blocks);
        }
    }

    /// <summary>The shape.</summary>
    public BackboneOptions Options { get; }

    /// <summary>What observers of activations know the image by.</summary>
    internal string InputName { get; }

    internal NormalizedConvolution Stem { get; }

    internal IReadOnlyList<IReadOnlyList<ResidualBlock>> Stages => _stages;

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
        context.ActivationObserver?.Observe(InputName, pixels);
        Tensor x = Next(pixels, Stem.Forward(context, pixels, null, Activation.Relu));
        if (Options.StemPooling)
        {
            x = Next(x, context.MaxPool(x, 3, 2, 1));
        }

        List<Tensor> features = [];
        foreach (IReadOnlyList<ResidualBlock> stage in _stages)
        {
            foreach (ResidualBlock block in stage)
            {
                x = Next(x, block.Forward(context, x, overwriteInput: !features.Contains(x)));
            }

            if (!onlyLast || ReferenceEquals(stage, _stages[^1]))
            {
                features.Add(scope.Keep(x));
            }
        }

        return features;

        // Early maps are large; without a tape each goes as soon as the next one is there. What was kept stays.
        Tensor Next(Tensor input, Tensor output)
        {
            if (!ReferenceEquals(input, output))
            {
                scope.Release(input);
            }

            return output;
        }
    }
}
