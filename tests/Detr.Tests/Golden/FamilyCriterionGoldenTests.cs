using Detr.Data;
using Detr.Models;
using Detr.Tensors;

namespace Detr.Tests.Golden;

/// <summary>
/// A training step of each detector after DETR: matches of all layers, losses, and every parameter's gradient, also of the boxes' losses alone, since
/// the class loss outweighs these a thousand times.
/// </summary>
public sealed class FamilyCriterionGoldenTests : IDisposable
{
    private const double LossTolerance = 2e-4;

    // The references in double precision are 2.5e-4 away.
    private const double NormTolerance = 3e-3;

    // Boxes and samples that pass an edge bend the loss: pictures scaled by 1 − 1e-7 move norms by up to 7e-3, onto the reference's.
    private const double DinoBoxesTolerance = 1e-2;

    // Two numbers through which all queries' points go, whose gradients nearly cancel: pictures scaled by 1 − 6e-8 move their norm by 4.6e-3, across the reference's.
    private const double PointTolerance = 1e-2;

    private readonly CpuBackend _backend = new(2);

    public static TheoryData<string> Models =>
    [
        "conditional_detr_resnet50", "dab_detr_resnet50", "dab_detr_resnet50_3patterns", "dn_detr_resnet50",
        "deformable_detr_resnet50", "deformable_detr_resnet50_refine", "deformable_detr_resnet50_two_stage", "dino_4scale_resnet50",
    ];

    public void Dispose() => _backend.Dispose();

    [Theory]
    [MemberData(nameof(Models))]
    public void Losses_and_gradients_match_the_reference(string file)
    {
        GoldenFile golden = new($"criterion_{file}");
        DetrModel model = new(FamilyModels.Options(file));
        NumbersFromNames.Fill(model.Parameters);
        TrainableParts.FreezeAsTheReference(model.Parameters);
        (float[] pixels, PaddingMask mask) = NumbersFromNames.Batch2();
        BoxTargets[] targets = NumbersFromNames.Targets();
        DetrVariant variant = model.Options.Variant;
        DenoisingQueries? denoising = DenoisingRules.Of(variant)?.Make(targets, model.Options.Classes, Draws(golden, variant == DetrVariant.Dino ? "cdn" : "dn"));
        ForwardContext context = new(_backend) { Tape = new Tape(), Training = true };
        using Scope scope = context.Scope();
        ImageTokens memory = model.Encode(context, model.Tokenize(context, context.Upload([2, 3, 256, 320], pixels), mask));
        DetrOutput output = model.Decode(context, FamilyModels.WithProposals(golden, memory), AuxiliaryOutputs.Decoder, denoising);

        HungarianMatcher matcher = HungarianMatcher.Of(variant);
        AssertMatches(golden, "last", matcher, output, targets);
        foreach ((int layer, DetrOutput auxiliary) in output.Auxiliary.Index())
        {
            AssertMatches(golden, $"aux{layer}", matcher, auxiliary, targets);
        }

        if (output.Proposals is { } proposals)
        {
            bool haveClasses = variant == DetrVariant.Dino;
            AssertMatches(golden, haveClasses ? "interm" : "enc", matcher, proposals, haveClasses ? targets : [.. targets.Select(target => target with { Labels = new int[target.Count] })]);
        }

        CriterionOptions options = CriterionOptions.Of(variant);
        CriterionResult all = new SetCriterion(model.Options.Classes, matcher, options).Forward(context, output, targets);
        CriterionResult boxes = new SetCriterion(model.Options.Classes, matcher, options with { ClassLoss = 0 }).Forward(context, output, targets);
        string[] losses = [.. golden.Keys.Where(key => key.StartsWith("loss.", StringComparison.Ordinal))];
        Assert.NotEmpty(losses);
        Assert.All(losses, key => AssertNear(key, golden.Floats(key)[0], all.Losses[key[5..]], LossTolerance));

        AssertNear("total", golden.Floats("total")[0], all.Total.Item(), LossTolerance);
        AssertNear("total_boxes", golden.Floats("total_boxes")[0], boxes.Total.Item(), LossTolerance);
        AssertGradients(context, golden, string.Empty, all.Total, model.Parameters, NormTolerance);
        AssertGradients(context, golden, "boxes.", boxes.Total, model.Parameters, variant == DetrVariant.Dino ? DinoBoxesTolerance : NormTolerance);
    }

    /// <summary>The reference's draws of noise, in its order.</summary>
    private static Func<double> Draws(GoldenFile golden, string prefix)
    {
        Queue<double> draws = new(Enumerable.Range(0, 4).SelectMany(Values));
        return draws.Dequeue;

        IEnumerable<double> Values(int draw)
        {
            string name = golden.Keys.FirstOrDefault(key => key.EndsWith($"dn.draw.{draw}", StringComparison.Ordinal)) ?? string.Empty;
            ulong seed = NumbersFromNames.Seed($"{prefix}/{draw}");
            return name.Length == 0 ? [] : Enumerable.Range(0, golden.Floats(name).Length).Select(i => (double)(float)((NumbersFromNames.Number(seed, i) + 1) / 2));
        }
    }

    private static void AssertMatches(GoldenFile golden, string layer, HungarianMatcher matcher, DetrOutput output, BoxTargets[] targets)
    {
        for (int image = 0; image < targets.Length; image++)
        {
            (int Query, int Target)[] pairs = matcher.Match(output, image, targets[image]);
            Assert.Equal(golden.Doubles($"match.{layer}.{image}.query"), pairs.Select(pair => (double)pair.Query).ToArray());
            Assert.Equal(golden.Doubles($"match.{layer}.{image}.target"), pairs.Select(pair => (double)pair.Target).ToArray());
        }
    }

    private static void AssertGradients(ForwardContext context, GoldenFile golden, string prefix, Tensor loss, ParameterSet parameters, double tolerance)
    {
        context.Tape!.Backward(context, [(loss, context.Upload([1], [1f]))], keep: true);
        List<Parameter> trained = [.. parameters.Where(parameter => parameter.Trainable)];
        HashSet<string> keys = [.. golden.Keys];
        Assert.Equal(keys.Count(key => key.StartsWith("grad_norm.", StringComparison.Ordinal)), trained.Count);
        double total = golden.Doubles($"{prefix}grad_total_norm")[0], sum = 0;
        foreach (Parameter parameter in trained)
        {
            float[] gradient = parameter.Gradient?.ToArray() ?? new float[parameter.Length];
            double squares = gradient.Sum(value => (double)value * value);
            sum += squares;
            string key = $"{prefix}grad_norm.{parameter.Name}";
            double norm = Math.Sqrt(squares), expected = keys.Contains(key) ? golden.Doubles(key)[0] : 0;
            double allowed = parameter.Name.EndsWith("reference_points.bias", StringComparison.Ordinal) ? PointTolerance : tolerance;
            Assert.True(
                Math.Abs(norm - expected) <= (allowed * expected) + (Rounding(prefix, parameter.Name) * total), $"{key} is {norm:g6}, the reference's {expected:g6}");
            parameter.ClearGradient();
        }

        AssertNear($"{prefix}grad_total_norm", total, Math.Sqrt(sum), tolerance);
    }

    /// <summary>What rounding does to a gradient's norm, in shares of the whole gradient's.</summary>
    private static double Rounding(string prefix, string name) => name.EndsWith("activation.weight", StringComparison.Ordinal)
        ? 2e-5 // A slope's gradient is a sum of a million terms of both signs: pictures scaled by 1 − 1e-7 move one by 1e-5.
        : prefix.Length == 0
            ? 1e-8 // Some gradients are zero in exact arithmetic, such as those of the terms of keys.
            : 1e-6; // The loss of boxes has corners: the same pictures move small gradients by 6e-7.

    private static void AssertNear(string what, double expected, double actual, double tolerance)
        => Assert.True(Math.Abs(expected - actual) <= tolerance * Math.Max(1e-3, Math.Abs(expected)), $"{what} is {actual:g7}, the reference's {expected:g7}");
}
