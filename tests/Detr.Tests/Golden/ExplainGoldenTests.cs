using System.Numerics.Tensors;
using Detr.Explain;
using Detr.Tensors;

namespace Detr.Tests.Golden;

/// <summary>Every relevance method against the maps of its authors' program, for three queries.</summary>
public sealed class ExplainGoldenTests(ExplainGoldenTests.Explained explained) : IClassFixture<ExplainGoldenTests.Explained>
{
    private const int Layers = 6;
    private static readonly int[] Queries = [3, 27, 96];

    public static TheoryData<string, string, double> Methods => new()
    {
        { "ours", "relevance", 1e-3 },
        { "ours_no_normalization", "relevance-no-normalization", 1e-3 },
        { "ours_no_self_in_rule10", "relevance-no-self-attention", 1e-3 },
        { "ours_no_aggregation", "relevance-no-aggregation", 1e-3 },
        { "transformer_attribution", "transformer-attribution", 1e-2 },
        { "partial_lrp", "partial-lrp", 1e-2 },
        { "raw_attention", "raw-attention", 1e-3 },
        { "grad_cam", "grad-cam", 1e-3 },
        { "rollout", "rollout", 1e-3 },
    };

    [Theory]
    [MemberData(nameof(Methods))]
    public void Maps_match_the_reference(string key, string method, double tolerance)
    {
        for (int i = 0; i < Queries.Length; i++)
        {
            RelevanceMap map = explained.Maps[method][i];
            Assert.Equal((Queries[i], 7, 10), (map.Query, map.Height, map.Width));
            Assert.Equal(explained.Golden.Doubles("classes")[i], map.Label);
            explained.Golden.AssertClose($"{key}.query{Queries[i]}", map.Values, tolerance);
        }
    }

    [Fact]
    public void Maps_after_every_decoder_layer_match_the_reference()
    {
        for (int i = 0; i < Queries.Length; i++)
        {
            float[] layers = [.. Enumerable.Range(1, Layers).SelectMany(layer => explained.Maps[$"after {layer}"][i].Values)];
            explained.Golden.AssertClose($"ours_by_layer.query{Queries[i]}", layers, 1e-3);
        }
    }

    /// <summary>
    /// Where both terms of a residual sum nearly cancel, the rule for sums divides by next to nothing, and one such element decides how a whole layer's
    /// relevance is shared out. Over all layers that is chaotic: pixels changed by a ten millionth move these maps by up to a third. So they are held to be
    /// alike; the same rules over one layer are held to a hundredth above.
    /// </summary>
    [Fact]
    public void Relevance_with_lrp_is_like_the_reference()
    {
        for (int i = 0; i < Queries.Length; i++)
        {
            float[] expected = explained.Golden.Floats($"ours_with_lrp.query{Queries[i]}"), actual = explained.Maps["relevance-lrp"][i].Values;
            float similarity = TensorPrimitives.CosineSimilarity<float>(expected, actual);
            Assert.True(similarity > 0.8f, $"query {Queries[i]}: the cosine is {similarity}");
        }
    }

    /// <summary>All maps, made in one go.</summary>
    public sealed class Explained
    {
        public Explained()
        {
            using ReferenceDetr reference = new();
            ForwardContext context = new(reference.Backend);
            using Scope scope = context.Scope();
            IRelevanceMethod[] methods =
            [
                .. RelevanceMethods.All.Select(method => method is Relevance relevance ? relevance with { DropsUndefinedLayers = true } : method),
                .. Enumerable.Range(1, Layers).Select(layer => new Relevance { Name = $"after {layer}", DecoderLayers = layer, DropsUndefinedLayers = true }),
            ];
            Maps = new Explainer(reference.Model).Explain(context, ReferenceDetr.Image(context), new ExplainRequest { Methods = methods, Queries = Queries }).Maps;
        }

        internal GoldenFile Golden { get; } = new("explain");

        internal IReadOnlyDictionary<string, IReadOnlyList<RelevanceMap>> Maps { get; }
    }
}
