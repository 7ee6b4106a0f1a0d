using Detr.Models;
using Detr.Tensors;

namespace Detr.Tests;

/// <summary>Object queries that begin at places of their own.</summary>
public sealed class QuerySpreadTests
{
    private static readonly DetrOptions Options = SmallModel.Options with
    {
        Transformer = SmallModel.Options.Transformer with { Dropout = 0 }, SinePosition = new SinePositionOptions { Temperature = 100, Repeats = 8 },
    };

    [Theory]
    [InlineData(9)]
    [InlineData(50)]
    [InlineData(300)]
    public void Places_fill_the_picture_evenly(int queries)
    {
        (double X, double Y)[] places = [.. Enumerable.Range(0, queries).Select(QuerySpread.Place)];
        Assert.All(places, place => Assert.True(place is { X: >= 0 and < 1, Y: >= 0 and < 1 }));

        // No two are closer than half the distance of a square grid, and no quarter has more than its share by much.
        double nearest = places.SelectMany((a, i) => places[..i].Select(b => Math.Sqrt(((a.X - b.X) * (a.X - b.X)) + ((a.Y - b.Y) * (a.Y - b.Y))))).Min();
        Assert.True(nearest > 0.5 / Math.Sqrt(queries), $"{nearest}");
        foreach ((bool right, bool low) in (ReadOnlySpan<(bool, bool)>)[(false, false), (false, true), (true, false), (true, true)])
        {
            Assert.InRange(places.Count(place => place.X >= 0.5 == right && place.Y >= 0.5 == low), (queries / 4) - 3, (queries / 4) + 3);
        }
    }

    [Fact]
    public void A_query_is_the_encoding_of_the_cell_at_its_place()
    {
        using CpuBackend backend = new(1);
        ForwardContext context = new(backend);
        using Scope scope = context.Scope();
        SinePositionEncoding encoding = new(32, Options.SinePosition);
        const int Cells = 40;
        float[] cells = encoding.Forward(context, PaddingMask.None(1, Cells, Cells)).ToArray(), query = new float[32];

        // The reference counts cells from 1, so that a cell's encoding is that of its far corner.
        encoding.Encode(x: 11.0 / Cells, y: 30.0 / Cells, query);
        AssertClose(cells.AsSpan(((29 * Cells) + 10) * 32, 32), query);

        static void AssertClose(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
        {
            for (int i = 0; i < expected.Length; i++)
            {
                Assert.Equal(expected[i], actual[i], 1e-3f);
            }
        }
    }

    [Fact]
    public void Queries_begin_by_looking_around_their_places()
    {
        // With the content of cells taken away, what a query attends to most is near its place; a random query's is anywhere.
        Assert.InRange(MeanDistance(spread: true), 0, 0.17);
        Assert.InRange(MeanDistance(spread: false), 0.3, 1);
    }

    [Fact]
    public void Queries_that_sample_begin_at_their_places_and_look_at_their_neighbours()
    {
        const int Queries = 40, Channels = 64;
        DetrModel model = new(Options with
        {
            Variant = DetrVariant.DeformableDetr, Queries = Queries, Transformer = Options.Transformer with { Channels = Channels }, Deformable = new DeformableOptions { Levels = 1 },
        });
        DetrInitialization.Initialize(model, new RandomStream(4));
        QuerySpread.Initialize(model);
        float[] rows = model.Parameters["query_embed.weight"].ToArray(), head = model.Parameters["transformer.reference_points.weight"].ToArray();
        float[] projection = model.Parameters["transformer.decoder.layers.0.self_attn.in_proj_weight"].ToArray();
        float[][] positions = [.. Enumerable.Range(0, Queries).Select(query => rows.AsSpan(2 * Channels * query, Channels).ToArray())];
        (double X, double Y)[] places = [.. Enumerable.Range(0, Queries).Select(QuerySpread.Place)];
        Assert.All(positions.Zip(places), pair =>
        {
            Assert.Equal(pair.Second.X, Sigmoid(System.Numerics.Tensors.TensorPrimitives.Dot(pair.First, head.AsSpan(0, Channels))), 1e-5);
            Assert.Equal(pair.Second.Y, Sigmoid(System.Numerics.Tensors.TensorPrimitives.Dot(pair.First, head.AsSpan(Channels, Channels))), 1e-5);
        });

        float[][] keys = [.. positions.Select(position => Project(position, projection.AsSpan(Channels * Channels)))];
        double distance = Enumerable.Range(0, Queries).Average(query =>
        {
            float[] projected = Project(positions[query], projection);
            int other = Enumerable.Range(0, Queries).Where(other => other != query).MaxBy(other => System.Numerics.Tensors.TensorPrimitives.Dot(projected, keys[other]));
            return Math.Sqrt(Math.Pow(places[other].X - places[query].X, 2) + Math.Pow(places[other].Y - places[query].Y, 2));
        });
        Assert.InRange(distance, 0, 0.25);

        static double Sigmoid(float logit) => 1 / (1 + Math.Exp(-logit));
    }

    [Theory]
    [InlineData(DetrVariant.ConditionalDetr, false)]
    [InlineData(DetrVariant.DeformableDetr, true)]
    [InlineData(DetrVariant.Dino, false)]
    public void Queries_that_have_places_anyway_are_not_spread(DetrVariant variant, bool twoStage) => Assert.Throws<ArgumentException>(
        () => QuerySpread.Initialize(new DetrModel(Options with { Variant = variant, Deformable = new DeformableOptions { Levels = 1, BoxRefinement = twoStage, TwoStage = twoStage } })));

    [Fact]
    public void Learnt_positions_have_no_places()
        => Assert.Throws<ArgumentException>(() => QuerySpread.Initialize(new DetrModel(Options with { PositionEmbedding = PositionEmbedding.Learned })));

    private static double MeanDistance(bool spread)
    {
        const int Cells = 16;
        DetrModel model = new(Options with { Queries = 30, Transformer = Options.Transformer with { Channels = 64 } });
        DetrInitialization.Initialize(model, new RandomStream(4));
        if (spread)
        {
            QuerySpread.Initialize(model);
        }

        using CpuBackend backend = new(1);
        ForwardContext context = new(backend);
        using Scope scope = context.Scope();
        float[] position = new SinePositionEncoding(64, Options.SinePosition).Forward(context, PaddingMask.None(1, Cells, Cells)).ToArray();
        float[] projection = model.Parameters["transformer.decoder.layers.0.multihead_attn.in_proj_weight"].ToArray();
        float[] queries = model.Parameters["query_embed.weight"].ToArray();
        float[][] keys = [.. Enumerable.Range(0, Cells * Cells).Select(cell => Project(position.AsSpan(cell * 64, 64), projection.AsSpan(64 * 64)))];
        return Enumerable.Range(0, 30).Average(query =>
        {
            float[] projected = Project(queries.AsSpan(query * 64, 64), projection);
            int best = Enumerable.Range(0, keys.Length).MaxBy(cell => System.Numerics.Tensors.TensorPrimitives.Dot(projected, keys[cell]));
            (double x, double y) = QuerySpread.Place(query);
            return Math.Sqrt(Math.Pow(((best % Cells) + 1.0) / Cells - x, 2) + Math.Pow(((best / Cells) + 1.0) / Cells - y, 2));
        });
    }

    private static float[] Project(ReadOnlySpan<float> token, ReadOnlySpan<float> weights)
    {
        float[] result = new float[64];
        for (int i = 0; i < 64; i++)
        {
            result[i] = System.Numerics.Tensors.TensorPrimitives.Dot(token, weights.Slice(i * 64, 64));
        }

        return result;
    }
}
