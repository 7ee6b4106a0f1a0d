using Detr.Explain;
using Detr.Imaging;
using Detr.Models;
using Detr.Tensors;

namespace Detr.Tests.Explain;

/// <summary>Where deformable attention samples: the captured points against formulas reckoned again, and what a model's explanation holds.</summary>
public sealed class SamplingTests : IDisposable
{
    private const int Heads = 4;
    private const int Points = 3;
    private const int Channels = 8;
    private const int Queries = 5;
    private const string Name = "transformer.decoder.layers.1.cross_attn";

    private static readonly AttentionPlace Place = new(AttentionKind.DecoderCross, 1);
    private static readonly (int Height, int Width)[] Levels = [(3, 5), (2, 1)];

    private readonly CpuBackend _backend = new(1);
    private readonly string _folder = Directory.CreateTempSubdirectory("detr-sampling").FullName;

    public static TheoryData<DetrVariant, bool, bool> Models => new()
    {
        { DetrVariant.DeformableDetr, false, false },
        { DetrVariant.DeformableDetr, true, false },
        { DetrVariant.DeformableDetr, true, true },
        { DetrVariant.Dino, false, false },
    };

    public void Dispose()
    {
        _backend.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Captured_points_and_weights_are_what_the_layers_inputs_say(int referenceSize)
    {
        RandomStream random = new(4);
        ParameterSet parameters = [];
        float[] query = Numbers(random, 2 * Queries * Channels), references = Numbers(random, 2 * Queries * Levels.Length * referenceSize);
        SamplingCapture capture = Run(new SamplingCapture(_ => [3, 1]), parameters, query, references, referenceSize, random);

        (float[] offsetWeight, float[] offsetBias) = (parameters[$"{Name}.sampling_offsets.weight"].ToArray(), parameters[$"{Name}.sampling_offsets.bias"].ToArray());
        (float[] logitWeight, float[] logitBias) = (parameters[$"{Name}.attention_weights.weight"].ToArray(), parameters[$"{Name}.attention_weights.bias"].ToArray());
        foreach ((int image, int number) in new[] { (0, 1), (1, 3) })
        {
            SamplingPoints points = capture.Of(Place, number, image);
            Assert.Equal((Heads, Levels.Length, Points), (points.Heads, points.Levels, points.Points));
            int row = (image * Queries) + number;
            double[] exponentials = [.. Enumerable.Range(0, points.Count).Select(i => Math.Exp(Product(logitWeight, logitBias, i)))];
            for (int i = 0; i < points.Count; i++)
            {
                (int head, int level) = (i / (Levels.Length * Points), i / Points % Levels.Length);
                Assert.Equal((head, level), (points.HeadOf(i), points.LevelOf(i)));
                Assert.Equal(exponentials[i] / exponentials.Chunk(Levels.Length * Points).ElementAt(head).Sum(), points.Weights[i], 1e-5);

                // Zhu et al. 2021: p + Δp / (W, H) around a point (section 4.1), (x, y) + Δp / K · (w, h) / 2 in a box (appendix A.4).
                float[] reference = references[(((row * Levels.Length) + level) * referenceSize)..][..referenceSize];
                Assert.Equal(reference, points.Reference(level).ToArray());
                (double stepX, double stepY) = referenceSize == 2
                    ? (1.0 / Levels[level].Width, 1.0 / Levels[level].Height)
                    : (reference[2] / 2.0 / Points, reference[3] / 2.0 / Points);
                (float x, float y) = points.Location(i);
                Assert.Equal(reference[0] + (Product(offsetWeight, offsetBias, 2 * i) * stepX), x, 1e-4);
                Assert.Equal(reference[1] + (Product(offsetWeight, offsetBias, (2 * i) + 1) * stepY), y, 1e-4);
            }

            double Product(float[] weight, float[] bias, int output)
                => bias[output] + Enumerable.Range(0, Channels).Sum(channel => (double)weight[(output * Channels) + channel] * query[(row * Channels) + channel]);
        }

        Assert.All(new[] { 1, 3 }, number => Assert.All(capture.Of(Place, number).Weights.Chunk(Levels.Length * Points), head => Assert.Equal(1f, head.Sum(), 1e-5f)));
    }

    [Fact]
    public void Only_what_is_wanted_is_kept_and_no_more_memory_than_allowed()
    {
        // Three numbers a point, and a box at most for each level.
        const long Row = sizeof(float) * ((3 * Heads * 2 * Points) + (4 * 2));
        SamplingCapture none = Run(new SamplingCapture(_ => [])), one = Run(new SamplingCapture(_ => [2], memoryLimit: 2 * Row));
        Assert.Empty(none.Places);
        Assert.Equal([Place], one.Places);
        Assert.Throws<KeyNotFoundException>(() => one.Of(Place, 1));
        Assert.NotEqual(one.Of(Place, 2, image: 0).Weights, one.Of(Place, 2, image: 1).Weights);

        SamplingCapture tooSmall = new(_ => [2], memoryLimit: (2 * Row) - 1);
        Assert.Contains(Name, Assert.Throws<MemoryLimitException>(() => Run(tooSmall)).Message, StringComparison.Ordinal);
        Assert.Empty(tooSmall.Places);
        Assert.Contains("no query 5", Assert.Throws<ArgumentException>(() => Run(new SamplingCapture(_ => [Queries]))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Points_of_a_fresh_model_stand_in_stars_around_what_queries_and_cells_refer_to(DetrVariant variant, bool refines, bool twoStage)
    {
        using Detector detector = Fresh(variant, refines, twoStage);
        RgbImage image = SmallModel.Scenes(1).Load(0);
        SamplingExplanation explanation = detector.ExplainSampling(image, new SamplingRequest { Queries = [7, 0] });

        // The small backbone's maps have strides of 2, 4 and 8, and one more is made of the last.
        Assert.Equal([(32, 32), (16, 16), (8, 8), (4, 4)], explanation.Levels);
        Assert.Equal(10, explanation.Detections.Count);
        Assert.Equal([7, 0], explanation.Queries.Select(query => query.Query));
        foreach (SampledQuery query in explanation.Queries)
        {
            Detection found = explanation.Detections[query.Query];
            (double x, double y) = ((found.X0 + found.X1) / 2.0 / image.Width, (found.Y0 + found.Y1) / 2.0 / image.Height);
            Assert.Equal(2, query.Decoder.Count);
            Assert.All(query.Decoder, points =>
            {
                AssertStar(points, explanation.Levels);
                Assert.Equal(x, points.Reference(0)[0], 2e-3);
                Assert.Equal(y, points.Reference(0)[1], 2e-3);
            });
            Assert.InRange(query.Cell.Row + 0.5 - (y * 32), -0.501, 0.501);
            Assert.InRange(query.Cell.Column + 0.5 - (x * 32), -0.501, 0.501);
            SamplingPoints cell = Assert.Single(query.Encoder);
            AssertStar(cell, explanation.Levels);
            Assert.Equal((query.Cell.Column + 0.5) / 32, cell.Reference(3)[0], 1e-6);
            Assert.Equal((query.Cell.Row + 0.5) / 32, cell.Reference(3)[1], 1e-6);
        }
    }

    [Fact]
    public void Queries_are_those_that_are_sure_or_the_surest_and_heads_that_are_off_have_no_weight()
    {
        using Detector detector = Fresh(DetrVariant.Dino, refines: false, twoStage: false);
        RgbImage image = new(61, 97);
        SamplingExplanation surest = detector.ExplainSampling(image), all = detector.ExplainSampling(image, new SamplingRequest { Threshold = 0 });
        Assert.Equal(surest.Detections.MaxBy(found => found.Score)!.Query, Assert.Single(surest.Queries).Query);
        Assert.Equal(Enumerable.Range(0, 10), all.Queries.Select(query => query.Query));

        HeadsOff off = new(HeadSpecification.Parse("decoder.cross:1:0", detector.Model.Options.Transformer));
        SampledQuery without = Assert.Single(detector.ExplainSampling(image, new SamplingRequest { Queries = [3] }, off).Queries);
        Assert.Equal([1f, 1f], Sums(without.Decoder[0]));
        Assert.Equal([0f, 1f], Sums(without.Decoder[1]));

        static IEnumerable<float> Sums(SamplingPoints points) => points.Weights.Chunk(points.Levels * points.Points).Select(head => MathF.Round(head.Sum(), 4));
    }

    [Fact]
    public void What_cannot_be_explained_is_refused_and_a_pass_is_left_as_it_was()
    {
        Assert.Throws<ArgumentException>(() => new SamplingExplainer(SmallModel.Create()));
        SamplingExplainer explainer = new(SmallModel.Create(Options(DetrVariant.Dino, refines: false, twoStage: false)));
        SamplingCapture mine = new(_ => []);
        ForwardContext context = new(_backend) { DeformableAttentionObserver = mine };
        using Scope scope = context.Scope();
        Assert.Throws<ArgumentException>(() => explainer.Explain(context, context.Zeros([2, 3, 32, 32]), new SamplingRequest()));
        Assert.Equal(10, Assert.Throws<ArgumentOutOfRangeException>(() => explainer.Explain(context, context.Zeros([1, 3, 32, 32]), new SamplingRequest { Queries = [10] })).ActualValue);
        Assert.Throws<MemoryLimitException>(() => explainer.Explain(context, context.Zeros([1, 3, 32, 32]), new SamplingRequest { MemoryLimit = 100 }));
        Assert.Same(mine, context.DeformableAttentionObserver);

        // One cell each on four levels: four proposals, and so four queries.
        Assert.Equal(4, explainer.Explain(context, context.Zeros([1, 3, 1, 1]), new SamplingRequest { Threshold = 0 }).Queries.Count);
    }

    [Fact]
    public void Shares_are_of_all_weight()
    {
        SamplingPoints points = new(1, 2, 2, [0.25f, 0.5f, -0.1f, 0.5f, 0.75f, 0.75f, 0.5f, 1f], [0.1f, 0.2f, 0.3f, 0.4f], []);
        Assert.Equal((0.3, 0.7), (Math.Round(points.ShareOfLevel(0), 5), Math.Round(points.ShareOfLevel(1), 5)));
        Assert.Equal(0.2, points.ShareOutside(), 1e-6);
        Assert.Equal(0.4, points.ShareInBox(new Detection(0, 1, "cat", 1, 100, 40, 300, 60), 400, 80), 1e-6);
        Assert.Equal((0.0, 0.0), ((points with { Weights = new float[4] }).ShareOfLevel(0), (points with { Weights = new float[4] }).ShareOutside()));
        Assert.True(points.Reference(1).IsEmpty);
    }

    private static DetrOptions Options(DetrVariant variant, bool refines, bool twoStage)
        => SmallModel.Options with { Variant = variant, Deformable = new DeformableOptions { BoxRefinement = refines, TwoStage = twoStage } };

    /// <summary>Offsets depend on nothing yet: head j goes in the direction 2πj / heads, its larger coordinate 1, point k so k + 1 times; all weigh alike.</summary>
    private static void AssertStar(SamplingPoints points, IReadOnlyList<(int Height, int Width)> levels)
    {
        Assert.All(points.Weights, weight => Assert.Equal(1f / (points.Levels * points.Points), weight, 1e-6f));
        for (int i = 0; i < points.Count; i++)
        {
            (int head, int level, int k) = (points.HeadOf(i), points.LevelOf(i), i % points.Points);
            (double sine, double cosine) = Math.SinCos(2 * Math.PI * head / points.Heads);
            double reach = (k + 1) / Math.Max(Math.Abs(sine), Math.Abs(cosine));
            ReadOnlySpan<float> reference = points.Reference(level);
            (double stepX, double stepY) = reference.Length == 2
                ? (1.0 / levels[level].Width, 1.0 / levels[level].Height)
                : (reference[2] / 2.0 / points.Points, reference[3] / 2.0 / points.Points);
            (float x, float y) = points.Location(i);
            Assert.Equal(reference[0] + (cosine * reach * stepX), x, 1e-5);
            Assert.Equal(reference[1] + (sine * reach * stepY), y, 1e-5);
        }
    }

    private static float[] Numbers(RandomStream random, int count) => [.. Enumerable.Range(0, count).Select(_ => (float)random.NextGaussian())];

    private Detector Fresh(DetrVariant variant, bool refines, bool twoStage)
    {
        string path = Path.Combine(_folder, "model.safetensors");
        ModelFile.Save(path, SmallModel.Create(Options(variant, refines, twoStage) with { Size = 64, MaximumSize = 128 }), SmallModel.Scenes(1).Categories);
        return Detector.Load(path);
    }

    private SamplingCapture Run(SamplingCapture capture)
    {
        RandomStream random = new(5);
        return Run(capture, [], Numbers(random, 2 * Queries * Channels), Numbers(random, 2 * Queries * Levels.Length * 2), 2, random);
    }

    private SamplingCapture Run(SamplingCapture capture, ParameterSet parameters, float[] query, float[] references, int referenceSize, RandomStream random)
    {
        MultiScaleDeformableAttention attention = new(parameters, Name, Channels, Heads, Levels.Length, Points);
        foreach (Parameter parameter in parameters)
        {
            parameter.Write(Numbers(random, parameter.Length));
        }

        int tokens = Levels.Sum(level => level.Height * level.Width);
        ForwardContext context = new(_backend) { DeformableAttentionObserver = capture };
        using Scope scope = context.Scope();
        attention.Forward(
            context, context.Upload([2, Queries, Channels], query), context.Upload([2, Queries, Levels.Length, referenceSize], references),
            context.Upload([2, tokens, Channels], Numbers(random, 2 * tokens * Channels)), Levels);
        return capture;
    }
}
