using Detr.Models;
using Detr.Onnx.Graph;

namespace Detr.Onnx.Parts;

/// <summary>The two position encodings.</summary>
/// <param name="layers">Takes the nodes.</param>
internal sealed class PositionEncodingExport(LayerExport layers)
{
    private readonly OnnxGraph _graph = layers.Graph;
    private readonly GraphPart _part = layers.Graph.Part("position");
    private WavesExport? _waves;

    /// <summary>Sines and cosines of where a cell is in its image, rows in the first half of the channels, columns in the second.</summary>
    /// <param name="cells">Which cells are padding, [batch, height, width].</param>
    /// <param name="channels">Channels of the encoding.</param>
    /// <param name="options">Its waves.</param>
    /// <returns>[batch, height · width, channels].</returns>
    internal string Sine(string cells, int channels, SinePositionOptions options)
    {
        WavesExport waves = _waves ??= new WavesExport(_graph, "position", options.Wavelengths(channels / 2));
        string image = _part.ToFloat(_part.Not(cells));
        return _part.Reshape(_part.Concat(3, Waves(1), Waves(2)), 0, -1, channels);

        string Waves(int axis)
        {
            string all = _part.Add(_part.ReduceSum(image, axis), _graph.Scalar(SinePositionEncoding.Epsilon));
            string count = _part.CumSum(image, axis), end = options.HalfCell ? _part.Subtract(count, _graph.Scalar(0.5f)) : count;
            string place = _part.Multiply(_part.Divide(end, all), _graph.Scalar(2 * MathF.PI));
            return waves.Of(_part.Unsqueeze(place, 3));
        }
    }

    /// <summary>A learnt vector for each column and each row, side by side: columns in the first half of the channels.</summary>
    /// <param name="features">[batch, channels, height, width]; more rows or columns than there are vectors are an error of the runtime's.</param>
    /// <param name="rows">The name of the rows' vectors.</param>
    /// <param name="columns">The name of the columns' vectors.</param>
    /// <returns>[1, height · width, channels].</returns>
    internal string Learned(string features, string rows, string columns)
    {
        string height = _part.Size(features, 2), width = _part.Size(features, 3), one = _graph.List(1);
        string below = _part.Unsqueeze(_part.Gather(layers.Parameter(rows), _part.Range(_part.ToScalar(height)), 0), 1);
        string beside = _part.Gather(layers.Parameter(columns), _part.Range(_part.ToScalar(width)), 0);
        string grid = _part.Concat(2, _part.Expand(beside, _part.Concat(0, height, one, one)), _part.Expand(below, _part.Concat(0, one, width, one)));
        return _part.Reshape(grid, 1, -1, 2 * layers.Parameters[rows].Shape[1]);
    }
}
