using Detr.Data;
using Detr.Models;
using Detr.Tensors;

namespace Detr.Tests;

/// <summary>Denoising queries and their losses.</summary>
public sealed class DenoisingTests : IDisposable
{
    private const int Classes = 4;

    private static readonly BoxTargets[] Targets =
    [
        new([0, 2], [0.21f, 0.32f, 0.33f, 0.44f, 0.71f, 0.62f, 0.51f, 0.38f]), new([1], [0.33f, 0.76f, 0.24f, 0.31f]), new([], []),
    ];

    private readonly CpuBackend _backend = new(1);

    public void Dispose() => _backend.Dispose();

    public static TheoryData<IDenoisingRule> Rules => [new ObjectDenoising { Groups = 3 }, new ContrastiveDenoising { Pairs = 6 }];

    [Theory]
    [MemberData(nameof(Rules))]
    public void Without_objects_there_are_no_queries(IDenoisingRule rule)
    {
        Assert.Null(rule.Make([], Classes, NoDraw));
        Assert.Null(rule.Make([new([], []), new([], [])], Classes, NoDraw));

        static double NoDraw() => throw new InvalidOperationException("Nothing is to be drawn.");
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void The_same_numbers_make_the_same_queries(IDenoisingRule rule)
    {
        DenoisingQueries first = Make(rule), second = Make(rule);
        Assert.Equal(first.Labels, second.Labels);
        Assert.Equal(first.Boxes, second.Boxes);
        Assert.Equal((3, 3), (first.Groups, first.Images));
    }

    [Fact]
    public void Copies_to_restore_stay_near_their_objects_and_others_leave_them()
    {
        for (ulong seed = 0; seed < 20; seed++)
        {
            DenoisingQueries near = Make(new ObjectDenoising(), seed), both = Make(new ContrastiveDenoising(), seed);
            foreach ((DenoisingQueries queries, int row) in Rows(near).Concat(Rows(both)))
            {
                BoxTargets targets = Targets[row / queries.Slots];
                float[] box = [.. queries.Boxes.Slice(row * 4, 4).ToArray().Select(logit => 1 / (1 + MathF.Exp(-logit)))];
                bool restores = queries.Objects[row] != DenoisingQueries.Empty;
                float[] wanted = targets.Box(restores ? queries.Objects[row] : (row % queries.Slots % queries.GroupSize) - (queries.GroupSize / 2)).ToArray();
                (float x0, float y0, float x1, float y1) = BoxMath.Corners(box);
                (float left, float top, float right, float bottom) = BoxMath.Corners(wanted);
                float[] moved = [Math.Abs(x0 - left) / wanted[2], Math.Abs(x1 - right) / wanted[2], Math.Abs(y0 - top) / wanted[3], Math.Abs(y1 - bottom) / wanted[3]];

                // DINO's edges move by 0.2 of a side, or from 0.2 to 0.4 where the picture does not end before; DN-DETR's centre and half side by 0.2 each.
                Assert.All(moved, share => Assert.InRange(share, 0, restores && queries.IsContrastive ? 0.201f : 0.401f));
                if (!restores)
                {
                    (float Edge, float Share)[] edges = [(x0, moved[0]), (x1, moved[1]), (y0, moved[2]), (y1, moved[3])];
                    Assert.All(edges.Where(edge => edge.Edge is > 0.01f and < 0.99f), edge => Assert.InRange(edge.Share, 0.199f, 0.401f));
                }
            }
        }

        static IEnumerable<(DenoisingQueries, int)> Rows(DenoisingQueries queries)
            => Enumerable.Range(0, queries.Labels.Count).Where(row => queries.Labels[row] != DenoisingQueries.Empty).Select(row => (queries, row));
    }

    [Fact]
    public void Labels_change_as_often_as_they_should()
    {
        BoxTargets many = new([.. Enumerable.Repeat(2, 500)], [.. Enumerable.Repeat(0.5f, 2000)]);
        IReadOnlyList<int> labels = new ObjectDenoising { Groups = 20 }.Make([many], Classes, new RandomStream(3).NextDouble)!.Labels;

        // One in five is drawn anew, and one in four of these stays what it was.
        Assert.InRange(labels.Count(label => label != 2) / 10000.0, 0.13, 0.17);
        Assert.All(labels, label => Assert.InRange(label, 0, Classes - 1));
    }

    [Fact]
    public void Every_group_is_alone_and_hidden_from_matched_queries()
    {
        ForwardContext context = new(_backend);
        using Scope scope = context.Scope();
        DenoisingQueries queries = Make(new ObjectDenoising { Groups = 2 });
        float[] bias = queries.AttentionBias(context, 3).ToArray();
        string[] rows = [.. Enumerable.Range(0, 7).Select(row => string.Concat(bias.Skip(7 * row).Take(7).Select(value => value == 0 ? 'o' : '-')))];
        Assert.Equal(["oo--ooo", "oo--ooo", "--ooooo", "--ooooo", "----ooo", "----ooo", "----ooo"], rows);
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Losses_are_what_their_formulas_say(IDenoisingRule rule)
    {
        ForwardContext context = new(_backend);
        using Scope scope = context.Scope();
        DenoisingQueries queries = Make(rule);
        DetrOutput last = Random(queries.Slots, 5), first = Random(queries.Slots, 6);
        CriterionResult result = Criterion().Forward(context, Output(queries, last, first), Targets);
        foreach ((DetrOutput layer, string suffix) in new[] { (last, string.Empty), (first, "_0") })
        {
            double focal = 0, distance = 0;
            for (int row = 0; row < queries.Objects.Count; row++)
            {
                int item = queries.Objects[row];
                BoxTargets targets = Targets[row / queries.Slots];
                if (item != DenoisingQueries.Empty)
                {
                    distance += layer.Boxes.AsSpan().Slice(row * 4, 4).ToArray().Zip(targets.Box(item).ToArray(), (a, b) => Math.Abs(a - b)).Sum();
                }

                if (item != DenoisingQueries.Empty || queries.IsContrastive)
                {
                    focal += Focal(layer.Logits.AsSpan().Slice(row * Classes, Classes), item == DenoisingQueries.Empty ? Classes : targets.Labels[item]);
                }
            }

            string name = queries.IsContrastive ? $"_dn{suffix}" : suffix, prefix = queries.IsContrastive ? string.Empty : "tgt_";
            Assert.Equal(focal / 9, result.Losses[$"{prefix}loss_ce{name}"], 1e-4);
            Assert.Equal(distance / 9, result.Losses[$"{prefix}loss_bbox{name}"], 1e-4);
        }

        CriterionResult plain = Criterion().Forward(context, Output(queries, last, first) with { Denoising = null }, Targets);
        double weighted = result.Losses.Where(loss => !plain.Losses.ContainsKey(loss.Key)).Sum(loss => loss.Value * Factor(loss.Key));
        Assert.Equal(plain.Total.Item() + weighted, result.Total.Item(), 1e-3);

        static double Factor(string name) => name.Contains("loss_ce", StringComparison.Ordinal) ? 1 : name.Contains("bbox", StringComparison.Ordinal) ? 5 : name.Contains("giou", StringComparison.Ordinal) ? 2 : 0;
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Losses_are_shares_of_the_step(IDenoisingRule rule)
    {
        ForwardContext context = new(_backend);
        using Scope scope = context.Scope();
        DenoisingQueries queries = Make(rule);
        DetrOutput output = Output(queries, Random(queries.Slots, 5), Random(queries.Slots, 6));
        CriterionResult alone = Criterion().Forward(context, output, Targets), half = Criterion().Forward(context, output, Targets, new StepContents([.. Targets, .. Targets], []));
        Assert.Equal(alone.Total.Item() / 2, half.Total.Item(), 1e-4f);
    }

    [Fact]
    public void A_detector_that_does_not_learn_so_refuses()
    {
        ForwardContext context = new(_backend);
        using Scope scope = context.Scope();
        Assert.Throws<ArgumentException>(
            () => SmallModel.Create().Forward(context, context.Zeros([3, 3, 32, 32]), PaddingMask.None(3, 32, 32), denoising: Make(new ObjectDenoising())));
    }

    private static DenoisingQueries Make(IDenoisingRule rule, ulong seed = 7) => rule.Make(Targets, Classes, new RandomStream(seed).NextDouble)!;

    private static SetCriterion Criterion() => new(Classes, HungarianMatcher.Of(DetrVariant.Dino), CriterionOptions.Of(DetrVariant.Dino));

    private static DetrOutput Output(DenoisingQueries queries, DetrOutput last, DetrOutput first)
        => Random(5, 9) with { Denoising = new DenoisingOutput(queries, last with { Auxiliary = [first] }) };

    private static DetrOutput Random(int queries, ulong seed)
    {
        RandomStream random = new(seed);
        return new DetrOutput(
            Tensor.FromArray([3, queries, Classes], [.. Enumerable.Range(0, 3 * queries * Classes).Select(_ => (float)random.NextGaussian())]),
            Tensor.FromArray([3, queries, 4], [.. Enumerable.Range(0, 3 * queries * 4).Select(_ => 0.1f + (0.5f * (float)random.NextDouble()))]), []) { Scoring = ClassScoring.Sigmoid };
    }

    private static double Focal(ReadOnlySpan<float> logits, int label)
    {
        double sum = 0;
        for (int c = 0; c < logits.Length; c++)
        {
            double p = 1 / (1 + Math.Exp(-logits[c]));
            sum += c == label ? -0.25 * (1 - p) * (1 - p) * Math.Log(p) : -0.75 * p * p * Math.Log(1 - p);
        }

        return sum;
    }
}
