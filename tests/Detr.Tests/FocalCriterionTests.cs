using Detr.Data;
using Detr.Models;
using Detr.Tensors;
using Detr.Training;

namespace Detr.Tests;

/// <summary>The criterion where each class has a sigmoid, against its formulas written out here.</summary>
public sealed class FocalCriterionTests : IDisposable
{
    private const int Queries = 5;
    private const int Classes = 3;

    private static readonly CriterionOptions Options = new() { ClassLoss = 2, OverlapMargin = 1e-6f };

    // Three pictures, one of them empty.
    private static readonly BoxTargets[] Targets =
    [
        new([0, 2], [0.21f, 0.32f, 0.33f, 0.44f, 0.71f, 0.62f, 0.51f, 0.38f]), new([1], [0.33f, 0.76f, 0.24f, 0.31f]), new([], []),
    ];

    private readonly CpuBackend _backend = new(1);

    public void Dispose() => _backend.Dispose();

    [Fact]
    public void Losses_are_what_their_formulas_say()
    {
        ForwardContext context = new(_backend);
        using Scope scope = context.Scope();
        DetrOutput output = Random(7);
        CriterionResult result = Criterion(Options).Forward(context, output, Targets);
        (double focal, double distance, double overlap) = Plain(output, Targets, result.Matches);
        Assert.Equal(focal / 3, result.Losses["loss_ce"], 1e-5);
        Assert.Equal(distance / 3, result.Losses["loss_bbox"], 1e-5);
        Assert.Equal(overlap / 3, result.Losses["loss_giou"], 1e-5);
        Assert.Equal(((2 * focal) + (5 * distance) + (2 * overlap)) / 3, result.Total.Item(), 1e-4);
        Assert.Equal([2, 1, 0], result.Matches.Select(pairs => pairs.Length));
    }

    [Fact]
    public void Gradients_agree_with_finite_differences()
    {
        DetrOutput random = Random(11);
        LossGradient.AssertAgreesWithDifferences(
            _backend, random.Logits, random.Boxes,
            (context, logits, boxes) => Criterion(Options).Forward(context, random with { Logits = logits, Boxes = boxes }, Targets).Total);
    }

    [Fact]
    public void The_parts_of_a_step_sum_to_one_large_batch()
    {
        ForwardContext context = new(_backend);
        using Scope scope = context.Scope();
        DetrOutput all = Random(13) with { Auxiliary = [Random(17)], Proposals = Random(19) };
        CriterionResult whole = Criterion(Options).Forward(context, all, Targets);
        CriterionResult[] parts = [.. Enumerable.Range(0, Targets.Length).Select(image => Criterion(Options).Forward(context, Image(all, image), [Targets[image]], new StepContents(Targets, [])))];
        Assert.Equal(whole.Total.Item(), parts.Sum(part => part.Total.Item()), 1e-4f);
        Assert.All(whole.Losses, loss => Assert.Equal(loss.Value, parts.Sum(part => part.Losses[loss.Key]), 1e-3f));
    }

    [Fact]
    public void Pictures_without_objects_are_divided_by_one()
    {
        ForwardContext context = new(_backend);
        using Scope scope = context.Scope();
        DetrOutput output = Random(23);
        BoxTargets[] none = [new([], []), new([], []), new([], [])];
        CriterionResult result = Criterion(Options).Forward(context, output, none);
        Assert.Equal(Plain(output, none, result.Matches).Focal, result.Losses["loss_ce"], 1e-4);
        Assert.Equal((0f, 0f, 0f), (result.Losses["loss_bbox"], result.Losses["loss_giou"], result.Losses["class_error"]));
    }

    [Fact]
    public void Proposals_learn_classes_or_only_that_there_is_something()
    {
        ForwardContext context = new(_backend);
        using Scope scope = context.Scope();
        (DetrOutput output, DetrOutput proposals) = (Random(29), Random(31));
        CriterionResult own = Criterion(Options).Forward(context, proposals, Targets);
        CriterionResult classes = Criterion(Options with { ProposalTargets = ProposalTargets.Classes }).Forward(context, output with { Proposals = proposals }, Targets);
        Assert.All((string[])["loss_ce", "loss_bbox", "loss_giou"], name => Assert.Equal(own.Losses[name], classes.Losses[$"{name}_interm"]));
        Assert.DoesNotContain("loss_ce_enc", classes.Losses.Keys);

        CriterionResult things = Criterion(Options).Forward(context, proposals, [.. Targets.Select(target => new BoxTargets(new int[target.Count], target.Boxes))]);
        CriterionResult objects = Criterion(Options).Forward(context, output with { Proposals = proposals }, Targets);
        Assert.All((string[])["loss_ce", "loss_bbox", "loss_giou"], name => Assert.Equal(things.Losses[name], objects.Losses[$"{name}_enc"]));
        Assert.NotEqual(own.Losses["loss_ce"], things.Losses["loss_ce"]);

        CriterionResult without = Criterion(Options).Forward(context, output, Targets);
        Assert.Equal(without.Total.Item() + things.Total.Item(), objects.Total.Item(), 1e-4f);
        Assert.Equal(without.Matches, objects.Matches);
    }

    [Fact]
    public void Cells_of_the_encoder_are_divided_by_those_that_are_an_object()
    {
        ForwardContext context = new(_backend);
        using Scope scope = context.Scope();
        PaddingMask cells = new(2, 2, [(2, 2), (2, 2), (2, 1)]);
        RandomStream random = new(37);
        float[] logits = [.. Enumerable.Range(0, 3 * 4 * Classes).Select(_ => (float)random.NextGaussian())];
        EncoderOutput encoder = new(Tensor.FromArray([3, 4, Classes], logits), Tensor.FromArray([3, 4, 4], [.. Enumerable.Repeat(0.4f, 48)]), cells);
        CriterionResult result = Criterion(Options with { EncoderLoss = 1 }).Forward(context, Random(41) with { Encoder = encoder }, Targets);
        double focal = 0;
        int owned = 0;
        for (int image = 0; image < 3; image++)
        {
            int[] owners = CellAssignment.Assign(cells, image, Targets[image]);
            foreach (int cell in Enumerable.Range(0, 4).Where(cell => !cells.Padded[(image * 4) + cell]))
            {
                owned += owners[cell] >= 0 ? 1 : 0;
                int label = owners[cell] >= 0 ? Targets[image].Labels[owners[cell]] : Classes;
                focal += Focal(logits.AsSpan(((image * 4) + cell) * Classes, Classes), label);
            }
        }

        Assert.InRange(owned, 3, 12);
        Assert.Equal(focal / owned, result.Losses["loss_ce_cells"], 1e-4);
    }

    [Fact]
    public void A_log_weighs_every_set_of_losses_alike()
    {
        MeanLosses means = new(Options);
        string[] names = ["loss_ce", "loss_bbox_3", "loss_giou_interm", "tgt_loss_ce_0", "loss_bbox_dn_4"];
        means.Add(new TrainingProgress(0, 1, names.ToDictionary(name => name, _ => 1f, StringComparer.Ordinal), 0, 0, TimeSpan.Zero));
        Assert.Equal([2.0, 5, 2, 2, 5], names.Select(name => means[name]));
    }

    private static SetCriterion Criterion(CriterionOptions options) => new(Classes, new HungarianMatcher(ClassCost: 2) { OverlapMargin = options.OverlapMargin }, options);

    private static (double Focal, double Distance, double Overlap) Plain(DetrOutput output, BoxTargets[] targets, IReadOnlyList<(int Query, int Target)[]> matches)
    {
        double focal = 0, distance = 0, overlap = 0;
        for (int image = 0; image < targets.Length; image++)
        {
            for (int query = 0; query < Queries; query++)
            {
                (int row, int label) = ((image * Queries) + query, Classes);
                foreach ((_, int target) in matches[image].Where(pair => pair.Query == query))
                {
                    label = targets[image].Labels[target];
                    (float[] box, float[] wanted) = (output.Boxes.AsSpan().Slice(row * 4, 4).ToArray(), targets[image].Box(target).ToArray());
                    distance += box.Zip(wanted, (a, b) => Math.Abs((double)a - b)).Sum();
                    overlap += 1 - Overlap(box, wanted);
                }

                focal += Focal(output.Logits.AsSpan().Slice(row * Classes, Classes), label);
            }
        }

        return (focal, distance, overlap);
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

    private static double Overlap(float[] a, float[] b)
    {
        double width = Common(0), height = Common(1), union = (a[2] * a[3]) + (b[2] * b[3]) - (width * height), hull = Hull(0) * Hull(1);
        return (width * height / (union + 1e-6)) - ((hull - union) / (hull + 1e-6));

        double Common(int axis) => Math.Max(0, Math.Min(a[axis] + (a[axis + 2] / 2), b[axis] + (b[axis + 2] / 2)) - Math.Max(a[axis] - (a[axis + 2] / 2), b[axis] - (b[axis + 2] / 2)));

        double Hull(int axis) => Math.Max(a[axis] + (a[axis + 2] / 2), b[axis] + (b[axis + 2] / 2)) - Math.Min(a[axis] - (a[axis + 2] / 2), b[axis] - (b[axis + 2] / 2));
    }

    private static DetrOutput Image(DetrOutput output, int image) => output with
    {
        Logits = Tensor.FromArray([1, Queries, Classes], output.Logits.AsSpan().Slice(image * Queries * Classes, Queries * Classes)),
        Boxes = Tensor.FromArray([1, Queries, 4], output.Boxes.AsSpan().Slice(image * Queries * 4, Queries * 4)),
        Auxiliary = [.. output.Auxiliary.Select(layer => Image(layer, image))],
        Proposals = output.Proposals is { } proposals ? Image(proposals, image) : null,
    };

    // L1 and overlap have kinks where centres, sides or edges are those of an object, which these boxes never are.
    private static DetrOutput Random(ulong seed)
    {
        RandomStream random = new(seed);
        return new DetrOutput(
            Tensor.FromArray([3, Queries, Classes], [.. Enumerable.Range(0, 3 * Queries * Classes).Select(_ => (float)random.NextGaussian())]),
            Tensor.FromArray([3, Queries, 4], [.. Enumerable.Range(0, 3 * Queries * 4).Select(_ => 0.205f + (random.Next(60) * 0.01f))]), []) { Scoring = ClassScoring.Sigmoid };
    }
}
