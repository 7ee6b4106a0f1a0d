using Detr.Explain;
using Detr.Kernels;
using Detr.Models;
using Detr.Tensors;

namespace Detr.Tests;

/// <summary>What Deformable DETR and DINO do beyond numbers: places on padded levels, proposals, where boxes begin, what observers and head masks reach.</summary>
public sealed class DeformableModelTests : IDisposable
{
    private const int Side = 64;

    private readonly CpuBackend _backend = new(2);

    public static TheoryData<DetrVariant, bool, bool> Models => new()
    {
        { DetrVariant.DeformableDetr, false, false },
        { DetrVariant.DeformableDetr, true, false },
        { DetrVariant.DeformableDetr, true, true },
        { DetrVariant.Dino, false, false },
    };

    public void Dispose() => _backend.Dispose();

    [Theory]
    [MemberData(nameof(Models))]
    public void What_stands_in_padding_changes_nothing(DetrVariant variant, bool refines, bool twoStage)
    {
        DetrModel model = SmallModel.Create(Options(variant, refines, twoStage));
        ForwardContext context = new(_backend);
        using Scope scope = context.Scope();
        bool[] padded = [.. Enumerable.Range(0, Side * Side).Select(pixel => pixel % Side >= Side / 2)];
        ImageTokens tokens = model.Tokenize(context, Picture(context, 1), new PaddingMask(1, Side, Side, padded));
        float[] values = tokens.Values.ToArray();
        int channels = tokens.Values.Shape[2];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] += tokens.AllCells.Padded[i / channels] ? 3f : 0f;
        }

        ImageTokens noisy = tokens with { Values = context.Upload(tokens.Values.Shape, values) };
        DetrOutput expected = model.Decode(context, model.Encode(context, tokens)), actual = model.Decode(context, model.Encode(context, noisy));
        Assert.Equal(4, tokens.Levels.Count);
        Assert.NotEqual(values, tokens.Values.ToArray());
        Assert.Equal(expected.Logits.ToArray(), actual.Logits.ToArray());
        Assert.Equal(expected.Boxes.ToArray(), actual.Boxes.ToArray());
    }

    [Theory]
    [InlineData(DetrVariant.DeformableDetr)]
    [InlineData(DetrVariant.Dino)]
    public void A_small_picture_has_no_more_queries_than_cells(DetrVariant variant)
    {
        DetrModel model = SmallModel.Create(Options(variant, refines: true, twoStage: true) with { Queries = 2000 });
        ForwardContext context = new(_backend);
        using Scope scope = context.Scope();
        ImageTokens memory = model.Encode(context, model.Tokenize(context, Picture(context, 2), PaddingMask.None(2, Side, Side)));
        DetrOutput output = model.Decode(context, memory, AuxiliaryOutputs.Decoder);

        int cells = memory.Values.Shape[1];
        Assert.InRange(cells, 1, 1999);
        Assert.Equal([2, cells, 4], output.Boxes.Shape);
        Assert.Equal([2, cells, model.Options.Classes], output.Logits.Shape);
        Assert.Equal([2, cells, 4], output.Proposals!.Boxes.Shape);
        Assert.All(output.Boxes.ToArray(), number => Assert.InRange(number, 0f, 1f));
    }

    [Theory]
    [InlineData(DetrVariant.DeformableDetr)]
    [InlineData(DetrVariant.Dino)]
    public void Fresh_boxes_are_the_surest_proposals(DetrVariant variant)
    {
        DetrModel model = SmallModel.Create(Options(variant, refines: true, twoStage: true));
        ForwardContext context = new(_backend);
        using Scope scope = context.Scope();
        DetrOutput output = model.Forward(context, Picture(context, 1), PaddingMask.None(1, Side, Side), AuxiliaryOutputs.Decoder);

        (float[] logits, float[] boxes) = (output.Proposals!.Logits.ToArray(), output.Proposals.Boxes.ToArray());
        int classes = model.Options.Classes;
        float[] scores = [.. logits.Chunk(classes).Select(row => variant == DetrVariant.Dino ? row.Max() : row[0])];
        float[] best = [.. Enumerable.Range(0, scores.Length).OrderByDescending(cell => scores[cell]).Take(10).SelectMany(cell => boxes[(4 * cell)..(4 * (cell + 1))])];
        Assert.All(output.Auxiliary.Append(output), layer => Assert.All(layer.Boxes.ToArray().Zip(best), pair => Assert.Equal(pair.Second, pair.First, 2e-3f)));
    }

    [Fact]
    public void Proposals_are_boxes_around_cells_that_lie_well_inside_their_image()
    {
        ParameterSet parameters = [];
        CellProposals proposals = new(parameters, "transformer.", 4);
        ForwardContext context = new(_backend);
        using Scope scope = context.Scope();

        // The second image fills the left half. Level 1 has one cell, which the image of half the width shares.
        bool[] padded = [.. Enumerable.Range(0, 2 * 2 * 4).Select(i => i >= 8 && i % 4 >= 2)];
        PaddingMask[] levels = [new(2, 2, 4, padded), PaddingMask.None(2, 1, 1)];
        ImageTokens memory = new(context.Zeros([2, 9, 4]), context.Zeros([2, 9, 4]), levels);
        (Tensor values, Tensor boxes) = proposals.Forward(context, memory);

        float[][] found = [.. context.Sigmoid(boxes).ToArray().Chunk(4)];
        Assert.Equal([2, 9, 4], values.Shape);
        AssertBox([0.125f, 0.25f, 0.05f, 0.05f], found[0]);
        AssertBox([0.625f, 0.75f, 0.05f, 0.05f], found[6]);
        AssertBox([0.5f, 0.5f, 0.1f, 0.1f], found[8]);
        AssertBox([0.25f, 0.25f, 0.05f, 0.05f], found[9]);
        AssertBox([0.75f, 0.75f, 0.05f, 0.05f], found[14]);
        Assert.All(Enumerable.Range(9, 8).Where(cell => padded[cell - 1]), cell => Assert.Equal([1, 1, 1, 1], found[cell]));
    }

    [Fact]
    public void The_best_cells_come_best_first_and_of_equal_ones_the_first()
    {
        Tensor logits = Tensor.FromArray([2, 4, 2], [1, 9, 3, 0, 3, 5, 2, 2, 0, 0, 0, 0, 0, 0, 7, 0]);

        Assert.Equal([1, 2, 3, 7, 4, 5], CellProposals.Best(logits, 3, static row => row[0]));
        Assert.Equal([0, 2, 7, 4], CellProposals.Best(logits, 2, static row => Math.Max(row[0], row[1])));
        Assert.Equal(8, CellProposals.Best(logits, 100, static row => row[1]).Length);
    }

    [Fact]
    public void Places_on_an_image_are_nearer_the_corner_on_its_padded_levels()
    {
        ForwardContext context = new(_backend);
        using Scope scope = context.Scope();
        PaddingMask[] levels = [new(4, 8, [(4, 8), (2, 4)]), new(2, 4, [(2, 4), (1, 3)])];
        Tensor places = context.Upload([2, 1, 4], [0.5f, 1f, 0.25f, 0.5f, 0.5f, 1f, 0.25f, 0.5f]);

        float[] expected = [0.5f, 1f, 0.25f, 0.5f, 0.5f, 1f, 0.25f, 0.5f, 0.25f, 0.5f, 0.125f, 0.25f, 0.375f, 0.5f, 0.1875f, 0.25f];
        Assert.Equal(expected, LevelPlaces.OnLevels(context, places, levels).ToArray());
        Assert.Equal([1f, 1f, 1f, 1f, 0.5f, 0.5f, 0.75f, 0.5f], LevelPlaces.Filled(context, levels, 2).ToArray());
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void The_finest_maps_cells_can_be_read_too(DetrVariant variant, bool refines, bool twoStage)
    {
        ForwardContext context = new(_backend);
        using Scope scope = context.Scope();
        DetrModel model = SmallModel.Create(Options(variant, refines, twoStage));
        EncoderOutput cells = model.Forward(context, Picture(context, 2), PaddingMask.None(2, Side, Side), AuxiliaryOutputs.Encoder).Encoder!;

        Assert.Equal((32, 32), (cells.Cells.Height, cells.Cells.Width));
        Assert.Equal([2, 32 * 32, model.Options.Classes], cells.Logits.Shape);
        float[][] boxes = [.. cells.Boxes.ToArray().Chunk(4)];
        AssertBox([0.5f / 32, 0.5f / 32], boxes[0][..2]);
        AssertBox([1.5f / 32, 31.5f / 32], boxes[(32 * 32) + (31 * 32) + 1][..2]);
    }

    [Theory]
    [InlineData("encoder.self:0:1", "transformer.encoder.layers.0.self_attn")]
    [InlineData("decoder.cross:1:0", "transformer.decoder.layers.1.cross_attn")]
    public void Heads_that_are_off_weigh_nothing_where_they_sample(string specification, string name)
    {
        DetrModel model = SmallModel.Create(Options(DetrVariant.Dino, refines: false, twoStage: false));
        HeadSelection off = HeadSpecification.Parse(specification, model.Options.Transformer);
        Samples samples = new();
        ForwardContext context = new(_backend) { DeformableAttentionObserver = samples, HeadMask = new HeadsOff(off) };
        using Scope scope = context.Scope();
        model.Forward(context, Picture(context, 1), PaddingMask.None(1, Side, Side));

        Assert.Equal(
            ["transformer.encoder.layers.0.self_attn", "transformer.decoder.layers.0.cross_attn", "transformer.decoder.layers.1.cross_attn"], samples.HeadSums.Keys);
        foreach ((string attention, float[] sums) in samples.HeadSums)
        {
            for (int head = 0; head < sums.Length; head++)
            {
                Assert.Equal(attention == name && off.Heads!.Contains(head) ? 0f : 1f, sums[head], 1e-3f);
            }
        }
    }

    [Fact]
    public void Methods_that_read_attention_to_all_cells_are_refused()
    {
        ForwardContext context = new(_backend);
        using Scope scope = context.Scope();
        Explainer explainer = new(SmallModel.Create(Options(DetrVariant.Dino, refines: false, twoStage: false)));
        Assert.Throws<ArgumentException>(() => explainer.Explain(context, Picture(context, 1), new ExplainRequest()));
    }

    [Fact]
    public void Two_stages_without_refinement_and_pyramids_without_levels_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new DetrModel(Options(DetrVariant.DeformableDetr, refines: false, twoStage: true)));
        DetrOptions flat = Options(DetrVariant.Dino, refines: false, twoStage: false) with { Deformable = new DeformableOptions { Levels = 0 } };
        Assert.Throws<ArgumentException>(() => new DetrModel(flat));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Pyramids_have_any_number_of_levels(int levels)
    {
        DetrOptions options = Options(DetrVariant.DeformableDetr, refines: false, twoStage: false) with { Deformable = new DeformableOptions { Levels = levels, Points = 2 } };
        ForwardContext context = new(_backend);
        using Scope scope = context.Scope();
        ImageTokens tokens = SmallModel.Create(options).Tokenize(context, Picture(context, 1), PaddingMask.None(1, Side, Side));

        // The small backbone's last three maps have strides 2, 4 and 8.
        (int, int)[] sides = [.. Enumerable.Range(0, 5).Select(i => 32 >> i).Select(side => (side, side))];
        Assert.Equal(levels < 3 ? sides[(3 - levels)..3] : sides[..levels], tokens.Levels.Select(level => (level.Height, level.Width)));
    }

    private static DetrOptions Options(DetrVariant variant, bool refines, bool twoStage)
        => SmallModel.Options with { Variant = variant, Deformable = new DeformableOptions { BoxRefinement = refines, TwoStage = twoStage } };

    private static Tensor Picture(ForwardContext context, int images)
    {
        RandomStream random = new(3);
        return context.Upload([images, 3, Side, Side], [.. Enumerable.Range(0, images * 3 * Side * Side).Select(_ => (float)random.NextGaussian())]);
    }

    private static void AssertBox(float[] expected, float[] actual) => Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));

    private sealed class Samples : IDeformableAttentionObserver
    {
        /// <summary>What the weights of each head sum to on average over queries, by attention.</summary>
        internal Dictionary<string, float[]> HeadSums { get; } = [];

        public bool Wants(string name, DeformableAttentionShape shape) => true;

        public void Observe(string name, Tensor? references, Tensor locations, Tensor weights)
        {
            (int queries, int heads) = (weights.Shape[1], weights.Shape[2]);
            float[] sums = new float[heads];
            foreach ((int i, float[] samples) in weights.ToArray().Chunk(weights.Length / queries / heads).Index())
            {
                sums[i % heads] += samples.Sum() / queries;
            }

            HeadSums.Add(name, sums);
        }
    }
}
