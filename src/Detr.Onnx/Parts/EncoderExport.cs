using Detr.Models;
using Detr.Onnx.Graph;

namespace Detr.Onnx.Parts;

/// <summary>Layers in which cells look at each other. Tokens are [batch, tokens, channels] throughout.</summary>
/// <param name="layers">Takes the nodes.</param>
/// <param name="name">The encoder's name in the model.</param>
/// <param name="options">The shape.</param>
internal sealed class EncoderExport(LayerExport layers, string name, TransformerOptions options)
{
    /// <summary>How cells look at each other.</summary>
    /// <param name="attention">Its name in the model.</param>
    /// <param name="placed">The cells with their positions added.</param>
    /// <param name="cells">The cells.</param>
    /// <returns>What each cell gathers.</returns>
    internal delegate string CellAttention(string attention, string placed, string cells);

    /// <summary>Every cell attends to every cell.</summary>
    /// <param name="bias">Added to the scores, [batch, 1, 1, cells], or null.</param>
    internal CellAttention ToAll(string? bias)
        => (attention, placed, cells) => new AttentionExport(layers, attention, options.Heads).Add(placed, placed, cells, bias);

    /// <summary>What the cells have become.</summary>
    /// <param name="source">The cells.</param>
    /// <param name="position">What is added to them where they attend, or null for nothing.</param>
    /// <param name="attention">How they do.</param>
    internal string Add(string source, string? position, CellAttention attention)
    {
        string x = source;
        for (int i = 0; i < options.EncoderLayers; i++)
        {
            x = Layer($"{name}.layers.{i}", x, Weighed(x, position), attention);
        }

        return layers.Parameters.Contains($"{name}.norm.weight") ? layers.LayerNorm(x, $"{name}.norm") : x;
    }

    /// <summary>Positions whose channels are weighed by what cells have become, where the model does so.</summary>
    private string? Weighed(string x, string? position)
    {
        string weights = $"{name}.query_scale";
        return position is null || !layers.Parameters.Contains($"{weights}.layers.0.weight")
            ? position
            : layers.Graph.Part(name).Multiply(position, layers.Perceptron(x, weights, count: 2));
    }

    private string Layer(string layer, string x, string? position, CellAttention attention)
    {
        GraphPart part = layers.Graph.Part(layer);
        if (options.PreNorm)
        {
            x = part.Add(x, Attend(layers.LayerNorm(x, $"{layer}.norm1")));
            return part.Add(x, layers.FeedForward(layers.LayerNorm(x, $"{layer}.norm2"), layer));
        }

        x = layers.AddAndNorm(x, Attend(x), $"{layer}.norm1");
        return layers.AddAndNorm(x, layers.FeedForward(x, layer), $"{layer}.norm2");

        string Attend(string cells) => attention($"{layer}.self_attn", position is null ? cells : part.Add(cells, position), cells);
    }
}
