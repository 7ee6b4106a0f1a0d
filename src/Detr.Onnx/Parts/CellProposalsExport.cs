using Detr.Models;
using Detr.Onnx.Graph;

namespace Detr.Onnx.Parts;

/// <summary>What the encoder's cells propose (Zhu et al. 2021, appendix A.4): a box around each, 0.05 · 2^level of the image wide and high, that a head moves.</summary>
internal sealed class CellProposalsExport
{
    private readonly LayerExport _layers;
    private readonly GraphPart _part;
    private readonly string _boxes;
    private readonly int _channels;

    /// <summary>Adds the cells as heads read them.</summary>
    /// <param name="layers">Takes the nodes.</param>
    /// <param name="name">The transformer's name in the model.</param>
    /// <param name="channels">The transformer's channels.</param>
    /// <param name="pyramid">Where cells lie.</param>
    /// <param name="memory">The encoder's result.</param>
    internal CellProposalsExport(LayerExport layers, string name, int channels, PyramidExport pyramid, string memory)
    {
        (_layers, _part, _channels) = (layers, layers.Graph.Part($"{name}.proposals"), channels);
        OnnxGraph graph = layers.Graph;
        string sides = _part.Concat(1, [.. pyramid.Levels.Select((level, i) => _part.Expand(graph.Scalar(CellProposals.SmallestSide * (1 << i)), _part.Shape(level.Places)))]);
        string boxes = _part.Concat(2, pyramid.Places, sides), rest = _part.Subtract(graph.Scalar(1f), boxes);

        // A cell that is padding, or whose box has a number that is nearly 0 or 1, proposes nothing.
        string nearest = _part.ReduceMin(_part.Min(boxes, rest), 2);
        string held = _part.Greater(_part.Multiply(nearest, pyramid.Present), graph.Scalar(CellProposals.Margin));
        _boxes = _part.Where(held, _part.Log(_part.Divide(boxes, rest)), graph.Scalar(float.PositiveInfinity));
        Cells = layers.LayerNorm(layers.Linear(_part.Multiply(memory, _part.ToFloat(held)), $"{name}.enc_output"), $"{name}.enc_output_norm");
    }

    /// <summary>The cells as heads read them, [batch, cells, channels].</summary>
    internal string Cells { get; }

    /// <summary>How many are chosen: all where there are fewer than queries, a list of one.</summary>
    /// <param name="scores">[batch, cells].</param>
    /// <param name="queries">How many are wanted.</param>
    internal string Count(string scores, int queries) => _part.Min(_layers.Graph.List(queries), _part.Size(scores, 1));

    /// <summary>The boxes of the cells with the largest scores, largest first.</summary>
    /// <param name="scores">[batch, cells].</param>
    /// <param name="count">How many, a list of one.</param>
    /// <param name="boxHead">The name of what moves the boxes.</param>
    /// <returns>[batch, count, 4], from 0 to 1.</returns>
    internal string Best(string scores, string count, string boxHead)
    {
        string places = _part.Unsqueeze(_part.PlacesOfLargest(scores, count), 2);
        return _part.Sigmoid(_part.Add(_layers.Perceptron(Choose(Cells, _channels), boxHead, count: 3), Choose(_boxes, 4)));

        string Choose(string x, int size) => _part.GatherElements(x, _part.Expand(places, _layers.Graph.List(1, 1, size)), 1);
    }
}
