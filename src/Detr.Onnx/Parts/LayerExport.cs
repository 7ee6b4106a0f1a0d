using System.Numerics.Tensors;
using Detr.Onnx.Graph;
using Detr.Tensors;

namespace Detr.Onnx.Parts;

/// <summary>
/// The layers that every part is made of. A tensor in the file has the name that the model's own has, followed by what was
/// done to it: <c>transposed</c>, because ONNX multiplies by [in, out] and the model keeps [out, in]; <c>folded</c>, where a
/// batch norm went into it; <c>scaled</c>, where a factor did. Layers that stand in several places are written once.
/// </summary>
/// <param name="graph">Takes the nodes.</param>
/// <param name="parameters">The model's weights.</param>
internal sealed class LayerExport(OnnxGraph graph, ParameterSet parameters)
{
    private readonly HashSet<string> _written = new(StringComparer.Ordinal);

    internal OnnxGraph Graph => graph;

    internal ParameterSet Parameters => parameters;

    /// <summary>A tensor of the model as it is.</summary>
    internal string Parameter(string name)
    {
        Parameter parameter = parameters[name];
        return Weights(name, parameter.Shape, parameter.AsSpan());
    }

    /// <summary>x Wᵀ + b over the last axis, times a factor.</summary>
    internal string Linear(string x, string name, float factor = 1f)
    {
        Parameter weight = parameters[$"{name}.weight"];
        GraphPart part = graph.Part(name);
        string transposed = Transposed($"{weight.Name}.transposed", weight.AsSpan(), weight.Shape[1], factor);
        return part.Add(part.MatMul(x, transposed), factor == 1f ? Parameter($"{name}.bias") : Scaled($"{name}.bias", factor));
    }

    /// <summary>Linear layers, with ReLU between them.</summary>
    /// <param name="x">Their input.</param>
    /// <param name="name">What stands before <c>layers</c> and each one's number.</param>
    /// <param name="count">How many there are.</param>
    internal string Perceptron(string x, string name, int count)
    {
        GraphPart part = graph.Part(name);
        for (int i = 0; i < count; i++)
        {
            x = Linear(x, $"{name}.layers.{i}");
            x = i == count - 1 ? x : part.Relu(x);
        }

        return x;
    }

    /// <summary>The feed-forward part of a transformer's layer: two linear layers, with ReLU between them or, where the model has one, PReLU.</summary>
    internal string FeedForward(string x, string layer)
    {
        GraphPart part = graph.Part(layer);
        string hidden = Linear(x, $"{layer}.linear1"), slope = $"{layer}.activation.weight";
        return Linear(parameters.Contains(slope) ? part.ParametricRelu(hidden, Parameter(slope)) : part.Relu(hidden), $"{layer}.linear2");
    }

    /// <summary>norm(x + y), what ends each part of a transformer's layer.</summary>
    internal string AddAndNorm(string x, string y, string norm) => LayerNorm(graph.Part(norm).Add(x, y), norm);

    internal string LayerNorm(string x, string name)
        => graph.Part(name).LayerNormalization(x, Parameter($"{name}.weight"), Parameter($"{name}.bias"), NormOperations.Epsilon);

    /// <summary>A 1×1 convolution, and its cells as tokens: [batch, inputs, height, width] to [batch, height · width, outputs].</summary>
    internal string Tokens(string features, string name)
    {
        GraphPart part = graph.Part(name);
        return part.Transpose(part.Reshape(Convolution(features, name, ConvolutionGeometry.Pointwise), 0, parameters[$"{name}.bias"].Length, -1), 0, 2, 1);
    }

    /// <summary>A convolution with a bias.</summary>
    internal string Convolution(string x, string name, ConvolutionGeometry geometry)
        => graph.Part(name).Conv(x, Parameter($"{name}.weight"), Parameter($"{name}.bias"), parameters[$"{name}.weight"].Shape[^1], geometry);

    /// <summary>Group norm of [batch, channels, height, width]: each group as one channel, then the channels' own factors and terms.</summary>
    internal string GroupNorm(string x, string name, int groups)
    {
        GraphPart part = graph.Part(name);
        int channels = parameters[$"{name}.weight"].Length;
        float[] ones = new float[groups];
        ones.AsSpan().Fill(1f);
        string normalised = part.InstanceNormalization(
            part.Reshape(x, 0, groups, -1), graph.Weights($"{name}.ones", [groups], ones), graph.Weights($"{name}.zeros", [groups], new float[groups]), NormOperations.Epsilon);
        return part.Add(part.Multiply(part.Reshape(normalised, part.Shape(x)), PerChannel("weight")), PerChannel("bias"));

        string PerChannel(string kind) => Weights($"{name}.{kind}", [channels, 1, 1], parameters[$"{name}.{kind}"].AsSpan());
    }

    /// <summary>A convolution without bias and the batch norm after it, as one convolution.</summary>
    internal string Convolution(string x, string convolution, string norm, ConvolutionGeometry geometry)
    {
        Parameter kernel = parameters[$"{convolution}.weight"];
        (float[] scale, float[] shift) = BatchNormFolding.Fold(
            parameters[$"{norm}.weight"], parameters[$"{norm}.bias"], parameters[$"{norm}.running_mean"], parameters[$"{norm}.running_var"], NormOperations.Epsilon);
        float[] folded = kernel.ToArray();
        int taps = folded.Length / scale.Length;
        for (int i = 0; i < folded.Length; i++)
        {
            folded[i] *= scale[i / taps];
        }

        string weight = graph.Weights($"{kernel.Name}.folded", kernel.Shape, folded);
        string bias = graph.Weights($"{convolution}.bias.folded", [shift.Length], shift);
        return graph.Part(convolution).Conv(x, weight, bias, kernel.Shape[^1], geometry);
    }

    /// <summary>Adds a matrix [out, in] as [in, out], times a factor.</summary>
    internal string Transposed(string name, ReadOnlySpan<float> matrix, int inputs, float factor = 1f)
    {
        int outputs = matrix.Length / inputs;
        float[] transposed = new float[matrix.Length];
        for (int row = 0; row < outputs; row++)
        {
            for (int column = 0; column < inputs; column++)
            {
                transposed[(column * outputs) + row] = matrix[(row * inputs) + column] * factor;
            }
        }

        return Weights(name, [inputs, outputs], transposed);
    }

    private string Scaled(string name, float factor)
    {
        float[] scaled = new float[parameters[name].Length];
        TensorPrimitives.Multiply(parameters[name].AsSpan(), factor, scaled);
        return Weights($"{name}.scaled", [scaled.Length], scaled);
    }

    private string Weights(string name, Shape shape, ReadOnlySpan<float> values)
        => _written.Add(name) ? graph.Weights(name, shape, values) : name;
}
