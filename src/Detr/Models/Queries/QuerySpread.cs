using Detr.Tensors;

namespace Detr.Models;

/// <summary>Another beginning for object queries than the reference's random one: each looks at a place of its own.</summary>
/// <remarks>
/// A query begins as the encoding of a point, the points spread evenly over the picture, and where the decoder attends, a query's
/// projection begins as that of the keys, enlarged: then a query's product with a key is largest where the key's place is its own.
/// Everything goes on to learn as ever.
/// </remarks>
public static class QuerySpread
{
    // What products of queries and keys are multiplied by: measured beside 1, 2 and 16 (docs/small-data.md).
    private const float Gain = 4;

    // The inverses of the plastic number and of its square, whose multiples fill a square evenly for any count (Roberts 2018).
    private const double StepX = 0.7548776662466927, StepY = 0.5698402909980532;

    /// <summary>Gives a model's queries their places.</summary>
    /// <param name="model">The model, otherwise initialised.</param>
    /// <exception cref="ArgumentException">Its positions are learnt, so that no place has an encoding yet.</exception>
    public static void Initialize(DetrModel model)
    {
        if (model.Options.PositionEmbedding != PositionEmbedding.Sine)
        {
            throw new ArgumentException("Queries can be spread over the picture only where positions are sines; learnt ones mean nothing yet.", nameof(model));
        }

        int channels = model.Options.Transformer.Channels;
        SinePositionEncoding encoding = new(channels, model.Options.SinePosition);
        float[] queries = new float[model.Options.Queries * channels];
        for (int query = 0; query < model.Options.Queries; query++)
        {
            (double x, double y) = Place(query);
            encoding.Encode(x, y, queries.AsSpan(query * channels, channels));
        }

        model.Parameters[$"{model.Prefix}query_embed.weight"].Write(queries);
        for (int layer = 0; layer < model.Options.Transformer.DecoderLayers; layer++)
        {
            foreach (string attention in (string[])["self_attn", "multihead_attn"])
            {
                Align(model.Parameters[$"{model.Prefix}transformer.decoder.layers.{layer}.{attention}.in_proj_weight"], channels);
            }
        }
    }

    /// <summary>A query's place, in shares of the picture's width and height.</summary>
    internal static (double X, double Y) Place(int query) => ((0.5 + ((query + 1) * StepX)) % 1, (0.5 + ((query + 1) * StepY)) % 1);

    /// <summary>Queries' rows of the projection become those of the keys, both enlarged.</summary>
    private static void Align(Parameter projection, int channels)
    {
        float[] weights = projection.ToArray();
        int part = channels * channels;
        System.Numerics.Tensors.TensorPrimitives.Multiply(weights.AsSpan(part, part), MathF.Sqrt(Gain), weights.AsSpan(part, part));
        weights.AsSpan(part, part).CopyTo(weights);
        projection.Write(weights);
    }
}
