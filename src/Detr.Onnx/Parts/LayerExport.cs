using Detr.Onnx.Graph;
using Detr.Tensors;

namespace Detr.Onnx.Parts;

/// <summary>
/// The layers that every part is made of. A tensor in the file has the name that the model's own has, followed by what was
/// done to it: <c>transposed</c>, because ONNX multiplies by [in, out] and the model keeps [out, in]; <c>folded</c>, where a
/// batch norm went into it.
/// </summary>
/// <param name="graph">Takes the nodes.</param>
/// <param name="parameters">The model's weights.</param>
internal sealed class LayerExport(OnnxGraph graph, ParameterSet parameters)
{
    private const float NormEpsilon = 1e-5f;

    internal OnnxGraph Graph => graph;

    internal ParameterSet Parameters => parameters;

    /// <summary>A tensor of the model as it is.</summary>
    internal string Parameter(string name)
    {
        Parameter parameter = parameters[name];
        return graph.Weights(name, parameter.Shape, parameter.AsSpan());
    }

    /// <summary>x Wᵀ + b over the last axis.</summary>
    internal string Linear(string x, string name)
    {
        Parameter weight = parameters[$"{name}.weight"];
        GraphPart part = graph.Part(name);
        string transposed = Transposed($"{weight.Name}.transposed", weight.AsSpan(), weight.Shape[1]);
        return part.Add(part.MatMul(x, transposed), Parameter($"{name}.bias"));
    }

    internal string LayerNorm(string x, string name)
        => graph.Part(name).LayerNormalization(x, Parameter($"{name}.weight"), Parameter($"{name}.bias"), NormEpsilon);

    /// <summary>A 1×1 convolution, and its cells as tokens: [batch, inputs, height, width] to [batch, height · width, outputs].</summary>
    internal string Tokens(string features, string name)
    {
        GraphPart part = graph.Part(name);
        string projected = part.Conv(features, Parameter($"{name}.weight"), Parameter($"{name}.bias"), 1, ConvolutionGeometry.Pointwise);
        return part.Transpose(part.Reshape(projected, 0, parameters[$"{name}.bias"].Length, -1), 0, 2, 1);
    }

    /// <summary>A convolution without bias and the batch norm after it, as one convolution.</summary>
    internal string Convolution(string x, string convolution, string norm, ConvolutionGeometry geometry)
    {
        Parameter kernel = parameters[$"{convolution}.weight"];
        (float[] scale, float[] shift) = BatchNormFolding.Fold(
            parameters[$"{norm}.weight"], parameters[$"{norm}.bias"], parameters[$"{norm}.running_mean"], parameters[$"{norm}.running_var"], NormEpsilon);
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

        return graph.Weights(name, [inputs, outputs], transposed);
    }
}
