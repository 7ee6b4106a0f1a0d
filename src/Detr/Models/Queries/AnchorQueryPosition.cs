using Detr.Tensors;

namespace Detr.Models;

/// <summary>
/// The position of a query that is an anchor box: made anew in each layer from the box's sines (Liu et al. 2022, DAB-DETR, equation 4). Beside
/// it stand the sines of its centre alone, weighed by what the query has become, and per axis by a size that it asks for over the size that
/// it has, so that attention is as wide as the object (equation 6).
/// </summary>
internal sealed class AnchorQueryPosition : IQueryPositions
{
    // Rows before columns, as cells have them.
    private static readonly int[] RowFirst = [1, 0, 2, 3];

    private readonly int _channels;
    private readonly float[] _wavelengths;
    private readonly MultiLayerPerceptron _embedding;
    private readonly MultiLayerPerceptron _scale;
    private readonly MultiLayerPerceptron _size;

    /// <summary>Adds the parameters.</summary>
    /// <param name="parameters">Takes ref_point_head, query_scale and ref_anchor_head under the name.</param>
    /// <param name="name">The decoder's name.</param>
    /// <param name="channels">The transformer's channels.</param>
    internal AnchorQueryPosition(ParameterSet parameters, string name, int channels)
    {
        (_channels, _wavelengths) = (channels, new SinePositionOptions().Wavelengths(channels / 2));
        _embedding = new MultiLayerPerceptron(parameters, $"{name}.ref_point_head", 2 * channels, channels, channels, layers: 2);
        _scale = new MultiLayerPerceptron(parameters, $"{name}.query_scale", channels, channels, channels, layers: 2);
        _size = new MultiLayerPerceptron(parameters, $"{name}.ref_anchor_head", channels, channels, 2, layers: 2);
    }

    /// <inheritdoc/>
    public QueryPosition At(ForwardContext context, int layer, Tensor x, DecoderQueries queries, Tensor? points, ImageTokens memory)
    {
        using Scope scope = context.Scope();
        (int batch, int count, int half) = (x.Shape[0], x.Shape[1], _channels / 2);
        Tensor sines = context.SineEncoding(points!, RowFirst, _wavelengths), centre = context.Slice(sines, 2, 0, _channels);
        if (layer > 0)
        {
            centre = context.Multiply(centre, _scale.Forward(context, x));
        }

        Tensor widths = context.Divide(context.Sigmoid(_size.Forward(context, x)), context.Slice(points!, 2, 2, 2));
        Tensor byAxis = context.Concatenate(2, context.Slice(widths, 2, 1, 1), context.Slice(widths, 2, 0, 1));
        centre = context.Multiply(context.Reshape(centre, [batch, count, 2, half]), context.Reshape(byAxis, [batch, count, 2, 1]));
        return new QueryPosition(scope.Keep(_embedding.Forward(context, sines)), scope.Keep(context.Reshape(centre, [batch, count, _channels])));
    }
}
