using System.Numerics.Tensors;
using Detr.Onnx.Graph;
using Detr.Tensors;

namespace Detr.Onnx.Parts;

/// <summary>Multi-head attention.</summary>
/// <param name="layers">Takes the nodes.</param>
/// <param name="name">The attention's name in the model.</param>
/// <param name="heads">How many heads share the channels.</param>
internal sealed class AttentionExport(LayerExport layers, string name, int heads)
{
    private readonly GraphPart _part = layers.Graph.Part(name);
    private readonly int _channels = layers.Parameters[$"{name}.in_proj_weight"].Shape[1];

    /// <summary>Lets each query gather values from the keys it attends to.</summary>
    /// <param name="query">[batch, queries, channels]; a batch of 1 serves all.</param>
    /// <param name="key">[batch, keys, channels].</param>
    /// <param name="value">[batch, keys, channels].</param>
    /// <param name="bias">Added to the scores, [batch, 1, 1, keys], or null.</param>
    /// <returns>[batch, queries, channels].</returns>
    internal string Add(string query, string key, string value, string? bias)
    {
        HeadsExport split = new(_part, _channels, heads);
        string queries = split.Split(Project(query, 0, "query", split.Scale()));
        string keys = split.Split(Project(key, 1, "key")), values = split.Split(Project(value, 2, "value"));
        return layers.Linear(split.Attend(queries, keys, values, bias), $"{name}.out_proj");
    }

    /// <summary>One of the three projections that the model keeps in one matrix, one below the other.</summary>
    private string Project(string x, int third, string role, float factor = 1f)
    {
        Parameter weight = layers.Parameters[$"{name}.in_proj_weight"], bias = layers.Parameters[$"{name}.in_proj_bias"];
        int length = _channels * _channels;
        float[] scaled = new float[_channels];
        TensorPrimitives.Multiply(bias.AsSpan().Slice(third * _channels, _channels), factor, scaled);
        string matrix = layers.Transposed($"{weight.Name}.{role}.transposed", weight.AsSpan().Slice(third * length, length), _channels, factor);
        return _part.Add(_part.MatMul(x, matrix), layers.Graph.Weights($"{bias.Name}.{role}", [_channels], scaled));
    }
}
