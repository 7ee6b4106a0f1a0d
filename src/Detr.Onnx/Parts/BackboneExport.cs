using Detr.Models;
using Detr.Onnx.Graph;
using Detr.Tensors;

namespace Detr.Onnx.Parts;

/// <summary>A ResNet whose batch norms stand in its convolutions.</summary>
/// <param name="layers">Takes the nodes.</param>
/// <param name="prefix">What stands before each name, such as <c>backbone.0.body.</c>.</param>
/// <param name="options">The shape.</param>
internal sealed class BackboneExport(LayerExport layers, string prefix, BackboneOptions options)
{
    /// <summary>The features of the last stage.</summary>
    /// <param name="image">[batch, 3, height, width].</param>
    /// <returns>[batch, channels, height / stride, width / stride], sizes rounded up.</returns>
    internal string Add(string image) => Stages(image)[^1];

    /// <summary>The features of every stage.</summary>
    /// <param name="image">[batch, 3, height, width].</param>
    /// <returns>As <see cref="Add"/>, finest first.</returns>
    internal IReadOnlyList<string> Stages(string image)
    {
        GraphPart stem = layers.Graph.Part($"{prefix}stem");
        string x = stem.Relu(layers.Convolution(image, $"{prefix}conv1", $"{prefix}bn1", new ConvolutionGeometry(2, options.StemKernel / 2)));
        x = options.StemPooling ? stem.MaxPool(x, kernel: 3, stride: 2, padding: 1) : x;
        List<string> stages = [];
        for (int stage = 0; stage < options.Blocks.Count; stage++)
        {
            bool dilates = options.Dilation && stage == options.Blocks.Count - 1;
            for (int block = 0; block < options.Blocks[stage]; block++)
            {
                int stride = block == 0 && stage > 0 && !dilates ? 2 : 1;
                x = Block(x, $"{prefix}layer{stage + 1}.{block}", stride, dilates && block > 0 ? 2 : 1);
            }

            stages.Add(x);
        }

        return stages;
    }

    private string Block(string x, string name, int stride, int dilation)
    {
        GraphPart part = layers.Graph.Part(name);
        ConvolutionGeometry spatial = new(stride, dilation, dilation);
        ConvolutionGeometry[] geometries = options.Bottleneck
            ? [ConvolutionGeometry.Pointwise, spatial, ConvolutionGeometry.Pointwise]
            : [spatial, new ConvolutionGeometry(1, 1)];
        string shortcut = layers.Parameters.Contains($"{name}.downsample.0.weight")
            ? layers.Convolution(x, $"{name}.downsample.0", $"{name}.downsample.1", new ConvolutionGeometry(stride, 0))
            : x;
        for (int i = 0; i < geometries.Length; i++)
        {
            x = layers.Convolution(x, $"{name}.conv{i + 1}", $"{name}.bn{i + 1}", geometries[i]);
            x = part.Relu(i == geometries.Length - 1 ? part.Add(x, shortcut) : x);
        }

        return x;
    }
}
