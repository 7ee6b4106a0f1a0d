using Detr.Data;
using Detr.Kernels;
using Detr.Models;
using Detr.Tensors;

namespace Detr.Tests;

/// <summary>What Conditional DETR, DAB-DETR and DN-DETR do beyond numbers: where boxes begin, what observers see, what noised objects may not tell.</summary>
public sealed class AnchorModelTests : IDisposable
{
    private const int Side = 64;
    private const int Classes = 3;

    private readonly CpuBackend _backend = new(2);

    public static TheoryData<DetrVariant> Variants => [DetrVariant.ConditionalDetr, DetrVariant.DabDetr, DetrVariant.DnDetr];

    public void Dispose() => _backend.Dispose();

    [Theory]
    [InlineData(DetrVariant.DabDetr, 0)]
    [InlineData(DetrVariant.DabDetr, 2)]
    [InlineData(DetrVariant.DnDetr, 3)]
    public void Fresh_boxes_are_their_anchors_once_for_each_pattern(DetrVariant variant, int patterns)
    {
        DetrModel model = Create(Options(variant) with { QueryPatterns = patterns });
        ForwardContext context = new(_backend);
        using Scope scope = context.Scope();
        DetrOutput output = Run(context, model);

        float[] anchors = [.. model.Parameters["refpoint_embed.weight"].ToArray().Select(logit => 1 / (1 + MathF.Exp(-logit)))];
        float[] expected = [.. Enumerable.Repeat(anchors, 2 * Math.Max(1, patterns)).SelectMany(boxes => boxes)];
        Assert.All(output.Auxiliary.Append(output), layer => Assert.All(layer.Boxes.ToArray().Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-5f)));
        Assert.Equal([2, expected.Length / 8, Classes], output.Logits.Shape);
        Assert.Equal(patterns > 0, model.Parameters.Contains("transformer.patterns.weight"));
    }

    [Fact]
    public void A_point_has_no_size_and_so_fresh_boxes_are_half_the_picture()
    {
        ForwardContext context = new(_backend);
        using Scope scope = context.Scope();
        float[] boxes = Run(context, Create(Options(DetrVariant.ConditionalDetr))).Boxes.ToArray();

        Assert.All(boxes.Chunk(4), box => Assert.Equal([0.5f, 0.5f], box[2..]));
        Assert.True(boxes.Chunk(4).Select(box => box[0]).Distinct().Count() > 1, "all queries are at one place");
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void A_fresh_model_expects_every_class_rarely_and_its_terms_are_not_all_alike(DetrVariant variant)
    {
        DetrModel model = Create(Options(variant));

        Assert.All(model.Parameters["class_embed.bias"].ToArray(), bias => Assert.Equal(-Math.Log(99), bias, 1e-5));
        Assert.All(model.Parameters["transformer.decoder.layers.1.cross_attn.out_proj.bias"].ToArray(), bias => Assert.Equal(0f, bias));
        float[] terms = model.Parameters["transformer.decoder.layers.1.ca_v_proj.bias"].ToArray();
        Assert.True(terms.Distinct().Count() == terms.Length && terms.All(term => Math.Abs(term) <= 1 / Math.Sqrt(32)));
        Assert.Equal(variant != DetrVariant.ConditionalDetr, model.Parameters.Contains("transformer.encoder.layers.0.activation.weight"));
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void The_encoders_cells_hold_boxes_around_their_middles(DetrVariant variant)
    {
        ForwardContext context = new(_backend);
        using Scope scope = context.Scope();
        DetrOutput output = Create(Options(variant)).Forward(context, context.Zeros([1, 3, Side, Side]), PaddingMask.None(1, Side, Side), AuxiliaryOutputs.Encoder);

        int side = output.Encoder!.Cells.Height;
        float[] expected = [.. Enumerable.Range(0, side * side).SelectMany(cell => new[] { ((cell % side) + 0.5f) / side, ((cell / side) + 0.5f) / side, 0.5f, 0.5f })];
        Assert.All(output.Encoder.Boxes.ToArray().Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-5f));
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Observers_see_every_attention_under_the_names_of_DETR(DetrVariant variant)
    {
        Names names = new();
        ForwardContext context = new(_backend) { AttentionObserver = names };
        using Scope scope = context.Scope();
        Run(context, Create(Options(variant)));

        string[] decoder = [.. Enumerable.Range(0, 2).SelectMany(layer => new[] { $"transformer.decoder.layers.{layer}.self_attn", $"transformer.decoder.layers.{layer}.multihead_attn" })];
        Assert.Equal(["transformer.encoder.layers.0.self_attn", .. decoder], names.Seen);
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Padding_says_nothing(DetrVariant variant)
    {
        DetrModel model = Create(Options(variant));
        bool[] padded = [.. Enumerable.Range(0, Side * Side).Select(pixel => pixel % Side >= Side / 2)];
        float[] picture = Pixels(5);
        ForwardContext context = new(_backend);
        using Scope scope = context.Scope();
        ImageTokens tokens = model.Tokenize(context, context.Upload([1, 3, Side, Side], picture), new PaddingMask(1, Side, Side, padded));
        float[] values = tokens.Values.ToArray();
        int channels = tokens.Values.Shape[2];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] += tokens.Cells.Padded[i / channels] ? 3f : 0f;
        }

        float[] expected = model.Decode(context, model.Encode(context, tokens)).Boxes.ToArray();
        Assert.Equal(expected, model.Decode(context, model.Encode(context, tokens with { Values = context.Upload(tokens.Values.Shape, values) })).Boxes.ToArray());
    }

    /// <summary>With a box head that begins like any other part, boxes depend on everything that their queries see.</summary>
    [Fact]
    public void Noised_objects_tell_neither_the_queries_nor_other_groups_anything()
    {
        DetrModel model = Create(Options(DetrVariant.DnDetr));
        foreach (Parameter parameter in model.Parameters.Where(parameter => parameter.Name.Contains("bbox_embed", StringComparison.Ordinal)))
        {
            Initialization.Normal(parameter, new RandomStream(9), 0.3);
        }

        BoxTargets[] targets = [new([0, 2], [0.2f, 0.3f, 0.3f, 0.4f, 0.7f, 0.6f, 0.5f, 0.3f]), new([1], [0.5f, 0.5f, 0.2f, 0.2f])];
        ObjectDenoising rule = new() { Groups = 2 };

        // Six draws for labels, none of which changes; then four for each box, those of the first group first.
        int draws = 0;
        DenoisingQueries first = rule.Make(targets, Classes, () => 0.3)!, second = rule.Make(targets, Classes, () => draws++ < 6 + (3 * 4) ? 0.3 : 0.9)!;
        ForwardContext context = new(_backend);
        using Scope scope = context.Scope();
        DetrOutput without = Run(context, model), with = Run(context, model, first), other = Run(context, model, second);

        int slots = first.Slots;
        Assert.Equal([2, slots, 4], with.Denoising!.Predictions.Boxes.Shape);
        Assert.Equal(without.Boxes.Shape, with.Boxes.Shape);
        AssertSame(without.Boxes.ToArray(), with.Boxes.ToArray());
        AssertSame(without.Logits.ToArray(), with.Logits.ToArray());
        AssertSame(without.Boxes.ToArray(), other.Boxes.ToArray());

        float[] boxes = with.Denoising.Predictions.Boxes.ToArray(), changed = other.Denoising!.Predictions.Boxes.ToArray();
        for (int image = 0; image < 2; image++)
        {
            int start = image * slots * 4, half = start + (slots * 2);
            AssertSame(boxes[start..half], changed[start..half]);
        }

        Assert.NotEqual(boxes, changed);
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void There_is_no_pre_norm(DetrVariant variant)
        => Assert.Throws<ArgumentException>(() => new DetrModel(Options(variant) with { Transformer = SmallModel.Options.Transformer with { PreNorm = true } }));

    private static DetrOptions Options(DetrVariant variant) => SmallModel.Options with { Variant = variant, Classes = Classes };

    private static DetrModel Create(DetrOptions options)
    {
        DetrModel model = new(options);
        DetrInitialization.Initialize(model, new RandomStream(1));
        return model;
    }

    private static DetrOutput Run(ForwardContext context, DetrModel model, DenoisingQueries? denoising = null)
        => model.Forward(context, context.Upload([2, 3, Side, Side], [.. Pixels(3), .. Pixels(4)]), PaddingMask.None(2, Side, Side), AuxiliaryOutputs.Decoder, denoising);

    private static float[] Pixels(ulong seed)
    {
        RandomStream random = new(seed);
        return [.. Enumerable.Range(0, 3 * Side * Side).Select(_ => (float)random.NextGaussian())];
    }

    private static void AssertSame(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
    }

    private sealed class Names : IAttentionObserver
    {
        internal List<string> Seen { get; } = [];

        public bool Wants(string name, in AttentionShape shape) => true;

        public void Observe(string name, Tensor probabilities) => Seen.Add(name);
    }
}
