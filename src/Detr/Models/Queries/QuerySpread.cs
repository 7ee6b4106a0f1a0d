using Detr.Tensors;

namespace Detr.Models;

/// <summary>Another beginning for object queries than the reference's random one: each looks at a place of its own.</summary>
/// <remarks>
/// A query begins as the encoding of a point, the points spread evenly over the picture, and where queries attend, to each other or to all
/// cells, their projection begins as that of the keys, enlarged: then a query's product with a key is largest where the key's place is its own. A query
/// that samples begins to sample at its place. Everything goes on to learn as ever.
/// </remarks>
public static class QuerySpread
{
    // What products of queries and keys are multiplied by: measured beside 1, 2 and 16 (docs/small-data.md).
    private const float Gain = 4;

    // Queries that sample share no encoding with cells: theirs tells neighbours apart.
    private static readonly SinePositionOptions OwnWaves = new() { Temperature = 100, Repeats = 8 };

    // The inverses of the plastic number and of its square, whose multiples fill a square evenly for any count (Roberts 2018).
    private const double StepX = 0.7548776662466927, StepY = 0.5698402909980532;

    /// <summary>Whether a model's queries are learned, so that they can begin at places of their own; those of other models have places anyway.</summary>
    /// <param name="options">The model's shape.</param>
    public static bool Suits(DetrOptions options)
        => options is { Variant: DetrVariant.Detr } or { Variant: DetrVariant.DeformableDetr, Deformable.TwoStage: false };

    /// <summary>Gives a model's queries their places.</summary>
    /// <param name="model">The model, otherwise initialised.</param>
    /// <exception cref="ArgumentException">Its queries have places anyway; or its positions are learnt, so that no place has an encoding yet.</exception>
    public static void Initialize(DetrModel model)
    {
        if (!Suits(model.Options))
        {
            throw new ArgumentException($"The queries of {model.Options.Variant} have places of their own anyway.", nameof(model));
        }

        if (model.Options.PositionEmbedding != PositionEmbedding.Sine)
        {
            throw new ArgumentException("Queries can be spread over the picture only where positions are sines; learnt ones mean nothing yet.", nameof(model));
        }

        bool samples = model.Options.HasDeformableAttention;
        if (samples)
        {
            SpreadPoints(model);
        }
        else
        {
            model.Parameters[$"{model.Prefix}query_embed.weight"].Write(Encodings(model, model.Options.SinePosition, model.Options.Transformer.Channels));
        }

        for (int layer = 0; layer < model.Options.Transformer.DecoderLayers; layer++)
        {
            foreach (string attention in (string[])(samples ? ["self_attn"] : ["self_attn", "multihead_attn"]))
            {
                Align(model.Parameters[$"{model.Prefix}transformer.decoder.layers.{layer}.{attention}.in_proj_weight"], model.Options.Transformer.Channels);
            }
        }
    }

    /// <summary>A query's place, in shares of the picture's width and height.</summary>
    internal static (double X, double Y) Place(int query) => ((0.5 + ((query + 1) * StepX)) % 1, (0.5 + ((query + 1) * StepY)) % 1);

    /// <summary>Queries begin without content. Where they are is encoded but for two channels, which are their points' logits: the head that makes points copies these.</summary>
    private static void SpreadPoints(DetrModel model)
    {
        int channels = model.Options.Transformer.Channels;
        float[] queries = Encodings(model, OwnWaves, stride: 2 * channels), head = new float[2 * channels];
        for (int query = 0; query < model.Options.Queries; query++)
        {
            (double x, double y) = Place(query);
            (queries[2 * channels * query], queries[(2 * channels * query) + 1]) = ((float)Math.Log(x / (1 - x)), (float)Math.Log(y / (1 - y)));
        }

        head[0] = head[channels + 1] = 1;
        model.Parameters[$"{model.Prefix}query_embed.weight"].Write(queries);
        model.Parameters[$"{model.Prefix}transformer.reference_points.weight"].Write(head);
    }

    /// <summary>A row for each query, which begins with the encoding of its place; the rest is zeros.</summary>
    private static float[] Encodings(DetrModel model, SinePositionOptions waves, int stride)
    {
        int channels = model.Options.Transformer.Channels;
        SinePositionEncoding encoding = new(channels, waves);
        float[] queries = new float[model.Options.Queries * stride];
        for (int query = 0; query < model.Options.Queries; query++)
        {
            (double x, double y) = Place(query);
            encoding.Encode(x, y, queries.AsSpan(query * stride, channels));
        }

        return queries;
    }

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
