using Detr.Models;
using Detr.Onnx.Graph;

namespace Detr.Onnx.Parts;

/// <summary>Attention that samples a few places on each level (Zhu et al. 2021, section 4.1).</summary>
/// <param name="layers">Takes the nodes.</param>
/// <param name="options">The model's shape.</param>
/// <param name="pyramid">The levels.</param>
internal sealed class DeformableAttentionExport(LayerExport layers, DetrOptions options, PyramidExport pyramid)
{
    private readonly OnnxGraph _graph = layers.Graph;
    private readonly int _heads = options.Transformer.Heads;
    private readonly int _headChannels = options.Transformer.Channels / options.Transformer.Heads;
    private readonly int _levels = options.Deformable.Levels;
    private readonly int _points = options.Deformable.Points;

    /// <summary>Around points.</summary>
    /// <param name="name">The attention's name in the model.</param>
    /// <param name="query">[1 or batch, queries, channels].</param>
    /// <param name="references">[batch, queries, levels, 2].</param>
    /// <param name="tokens">What is sampled, [batch, cells, channels].</param>
    /// <returns>[batch, queries, channels].</returns>
    internal string AroundPoints(string name, string query, string references, string tokens)
    {
        GraphPart part = _graph.Part(name);
        string sizes = part.ToFloat(part.Concat(0, [.. pyramid.Levels.SelectMany(level => new[] { level.Width, level.Height })]));
        string steps = part.Divide(Offsets(part, name, query), part.Reshape(sizes, 1, 1, 1, _levels, 1, 2));
        return Gather(part, name, query, part.Add(EachSample(part, references), steps), tokens);
    }

    /// <summary>Within boxes.</summary>
    /// <param name="name">The attention's name in the model.</param>
    /// <param name="query">[1 or batch, queries, channels].</param>
    /// <param name="references">[batch, queries, levels, 4].</param>
    /// <param name="tokens">What is sampled, [batch, cells, channels].</param>
    /// <returns>[batch, queries, channels].</returns>
    internal string WithinBoxes(string name, string query, string references, string tokens)
    {
        GraphPart part = _graph.Part(name);
        string boxes = EachSample(part, references);
        string middles = part.Slice(boxes, 5, _graph.List(0), _graph.List(2)), sizes = part.Slice(boxes, 5, _graph.List(2), _graph.List(4));
        string steps = part.Multiply(Offsets(part, name, query), part.Multiply(sizes, _graph.Scalar(0.5f / _points)));
        return Gather(part, name, query, part.Add(middles, steps), tokens);
    }

    /// <summary>[1 or batch, queries, heads, levels, points, 2].</summary>
    private string Offsets(GraphPart part, string name, string query)
        => part.Reshape(layers.Linear(query, $"{name}.sampling_offsets"), 0, 0, _heads, _levels, _points, 2);

    /// <summary>[batch, queries, 1, levels, 1, 2 or 4].</summary>
    private static string EachSample(GraphPart part, string references) => part.Unsqueeze(part.Unsqueeze(references, 2), 4);

    /// <summary>Samples level by level, so that no more than one level's samples are in memory.</summary>
    private string Gather(GraphPart part, string name, string query, string places, string tokens)
    {
        string value = part.Multiply(layers.Linear(tokens, $"{name}.value_proj"), pyramid.Present);
        string scores = part.Reshape(layers.Linear(query, $"{name}.attention_weights"), 0, 0, _heads, _levels * _points);
        string weights = part.Transpose(part.Reshape(part.Softmax(scores), 0, 0, _heads, _levels, _points), 3, 0, 2, 1, 4);

        // From 0 … 1 to the −1 … 1 of the operator.
        string grid = part.Subtract(part.Multiply(places, _graph.Scalar(2f)), _graph.Scalar(1f));
        string grids = part.Transpose(grid, 3, 0, 2, 1, 4, 5);
        string queries = part.Size(query, 1), all = _graph.List(-1), points = _graph.List(_points);
        string gridShape = part.Concat(0, all, queries, points, _graph.List(2));
        string sampleShape = part.Concat(0, _graph.List(-1, _heads, _headChannels), queries, points);
        string? sum = null;
        string start = _graph.List(0);
        for (int i = 0; i < _levels; i++)
        {
            PyramidLevel level = pyramid.Levels[i];
            string end = part.Add(start, level.Cells);
            string map = part.Transpose(part.Slice(value, 1, start, end), 0, 2, 1);
            string maps = part.Reshape(map, part.Concat(0, _graph.List(-1, _headChannels), level.Height, level.Width));
            string samples = part.GridSample(maps, part.Reshape(part.Gather(grids, _graph.Scalar((long)i), 0), gridShape));
            string weight = part.Unsqueeze(part.Gather(weights, _graph.Scalar((long)i), 0), 2);
            string weighed = part.ReduceSum(part.Multiply(part.Reshape(samples, sampleShape), weight), 4);
            (sum, start) = (sum is null ? weighed : part.Add(sum, weighed), end);
        }

        string gathered = part.Reshape(part.Transpose(sum!, 0, 3, 1, 2, 4), 0, 0, _heads * _headChannels);
        return layers.Linear(gathered, $"{name}.output_proj");
    }
}
