using Detr.Tensors;

namespace Detr.Models;

/// <summary>
/// A learned position, and beside it the sines of the reference point, whose waves the query weighs by what it has become (Meng et al. 2021,
/// equations 6 and 7); in the first layer it is nothing yet and weighs them alike.
/// </summary>
/// <param name="channels">The transformer's channels.</param>
/// <param name="scale">From queries to weights, both [batch, queries, channels].</param>
internal sealed class PointQueryPosition(int channels, Func<ForwardContext, Tensor, Tensor> scale) : IQueryPositions
{
    // Rows before columns, as cells have them.
    private static readonly int[] RowFirst = [1, 0];

    private readonly float[] _wavelengths = new SinePositionOptions().Wavelengths(channels / 2);

    /// <inheritdoc/>
    public QueryPosition At(ForwardContext context, int layer, Tensor x, DecoderQueries queries, Tensor? points, ImageTokens memory)
    {
        Tensor sine = context.SineEncoding(points!, RowFirst, _wavelengths);
        return new QueryPosition(queries.Embedding!, layer == 0 ? sine : context.Multiply(sine, scale(context, x)));
    }
}
