using Detr.Onnx.Graph;

namespace Detr.Onnx.Parts;

/// <summary>What attention's heads do, each on its share of the channels. The factor 1/√d stands in the query's weights, where it costs nothing.</summary>
/// <param name="part">Takes the nodes.</param>
/// <param name="channels">Channels of a token.</param>
/// <param name="heads">How many heads share them.</param>
internal sealed class HeadsExport(GraphPart part, int channels, int heads)
{
    /// <summary>The factor of queries whose heads have so many times the channels of a value's.</summary>
    internal float Scale(int times = 1) => 1f / MathF.Sqrt(times * channels / heads);

    /// <summary>[batch, tokens, channels] to [batch, tokens, heads, channels of a head].</summary>
    internal string Split(string x) => part.Reshape(x, 0, 0, heads, channels / heads);

    /// <summary>Two that stand side by side in each head.</summary>
    internal string Split(string left, string right) => part.Concat(3, Split(left), Split(right));

    /// <summary>Lets each query gather values from the keys it attends to.</summary>
    /// <param name="query">[batch, queries, heads, channels of a head], scaled; a batch of 1 serves all.</param>
    /// <param name="key">[batch, keys, heads, channels of a head].</param>
    /// <param name="value">[batch, keys, heads, channels of a head].</param>
    /// <param name="bias">Added to the scores, [batch, 1, 1, keys], or null.</param>
    /// <returns>[batch, queries, channels].</returns>
    internal string Attend(string query, string key, string value, string? bias)
    {
        string scores = part.MatMul(part.Transpose(query, 0, 2, 1, 3), part.Transpose(key, 0, 2, 3, 1));
        string probabilities = part.Softmax(bias is null ? scores : part.Add(scores, bias));
        string attended = part.MatMul(probabilities, part.Transpose(value, 0, 2, 1, 3));
        return part.Reshape(part.Transpose(attended, 0, 2, 1, 3), 0, 0, channels);
    }
}
