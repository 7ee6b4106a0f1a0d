using Detr.Models;
using Detr.Onnx.Graph;

namespace Detr.Onnx.Parts;

/// <summary>DETR's encoder and decoder. Tokens are [batch, tokens, channels] throughout.</summary>
/// <param name="layers">Takes the nodes.</param>
/// <param name="prefix">What stands before each name, such as <c>transformer.</c>.</param>
/// <param name="options">The shape.</param>
internal sealed class TransformerExport(LayerExport layers, string prefix, TransformerOptions options)
{
    /// <summary>What the queries become after the last decoder layer, normalised.</summary>
    /// <param name="source">The image's cells, [batch, cells, channels].</param>
    /// <param name="position">What is added to them where the encoder makes queries and keys, or null for nothing.</param>
    /// <param name="memoryPosition">What is added to what they become where the decoder makes keys, or null for nothing.</param>
    /// <param name="attentionBias">[batch, 1, 1, cells], or null where nothing is padded.</param>
    /// <param name="queryStart">What queries begin as, [1, queries, channels]: what does not depend on the image is computed once.</param>
    /// <param name="queryPosition">The object queries, [1, queries, channels], or null where queries begin as themselves.</param>
    /// <returns>[batch, queries, channels].</returns>
    internal string Add(string source, string? position, string? memoryPosition, string? attentionBias, string queryStart, string? queryPosition)
    {
        EncoderExport encoder = new(layers, $"{prefix}encoder", options);
        string memory = encoder.Add(source, position, encoder.ToAll(attentionBias));
        string placedMemory = Place(layers.Graph.Part($"{prefix}encoder"), memory, memoryPosition);
        string x = queryStart;
        for (int i = 0; i < options.DecoderLayers; i++)
        {
            x = Decode($"{prefix}decoder.layers.{i}", x, queryPosition, memory, placedMemory, attentionBias);
        }

        return layers.LayerNorm(x, $"{prefix}decoder.norm");
    }

    private string Decode(string name, string x, string? queryPosition, string memory, string placedMemory, string? attentionBias)
    {
        GraphPart part = layers.Graph.Part(name);
        x = Residual(part, x, $"{name}.norm1", AttendToQueries);
        x = Residual(part, x, $"{name}.norm2", AttendToImage);
        return Residual(part, x, $"{name}.norm3", tokens => layers.FeedForward(tokens, name));

        string AttendToQueries(string tokens)
        {
            string placed = Place(part, tokens, queryPosition);
            return Attention($"{name}.self_attn").Add(placed, placed, tokens, null);
        }

        string AttendToImage(string tokens)
            => Attention($"{name}.multihead_attn").Add(Place(part, tokens, queryPosition), placedMemory, memory, attentionBias);
    }

    /// <summary>x + f(norm(x)) with pre-norm, norm(x + f(x)) without.</summary>
    private string Residual(GraphPart part, string x, string norm, Func<string, string> function) => options.PreNorm
        ? part.Add(x, function(layers.LayerNorm(x, norm)))
        : layers.AddAndNorm(x, function(x), norm);

    private AttentionExport Attention(string name) => new(layers, name, options.Heads);

    private static string Place(GraphPart part, string x, string? position) => position is null ? x : part.Add(x, position);
}
