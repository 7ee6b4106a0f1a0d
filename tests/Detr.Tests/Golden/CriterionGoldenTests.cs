using Detr.Data;
using Detr.Models;
using Detr.Tensors;

namespace Detr.Tests.Golden;

/// <summary>Matches, losses and the gradient of every parameter against the reference's.</summary>
public sealed class CriterionGoldenTests
{
    // Scaling the input by 1 - 1e-7 alone moves norms by 1.1e-3, where sums cross ReLUs' zeros.
    private const double NormTolerance = 2e-3;

    [Fact]
    public void Losses_and_gradients_match_the_reference()
    {
        GoldenFile golden = new("criterion_detr_resnet50");
        using CpuBackend backend = new(2);
        DetrModel model = new(new DetrOptions { Transformer = new TransformerOptions { Dropout = 0 } });
        NumbersFromNames.Fill(model.Parameters);
        TrainableParts.FreezeAsTheReference(model.Parameters);
        (float[] pixels, PaddingMask mask) = NumbersFromNames.Batch2();
        BoxTargets[] targets = NumbersFromNames.Targets();
        SetCriterion criterion = new(91, new HungarianMatcher(), new CriterionOptions());
        ForwardContext context = new(backend) { Tape = new Tape(), Training = true };
        using Scope scope = context.Scope();
        DetrOutput output = model.Forward(context, context.Upload([2, 3, 256, 320], pixels), mask, auxiliary: AuxiliaryOutputs.Decoder);
        CriterionResult result = criterion.Forward(context, output, targets);

        foreach (string key in golden.Keys.Where(key => key.StartsWith("loss.", StringComparison.Ordinal)))
        {
            float expected = golden.Floats(key)[0];
            Assert.Equal(expected, result.Losses[key[5..]], 1e-4 * Math.Max(1e-3, Math.Abs(expected)));
        }

        Assert.Equal(golden.Floats("total")[0], result.Total.Item(), 1e-4 * golden.Floats("total")[0]);
        for (int image = 0; image < 2; image++)
        {
            Assert.Equal(golden.Doubles($"match.{image}.query"), result.Matches[image].Select(pair => (double)pair.Query).ToArray());
            Assert.Equal(golden.Doubles($"match.{image}.target"), result.Matches[image].Select(pair => (double)pair.Target).ToArray());
        }

        context.Tape.Backward(context, result.Total);
        List<Parameter> trained = [.. model.Parameters.Where(parameter => parameter.Trainable)];
        Assert.Equal(golden.Keys.Count(key => key.StartsWith("grad_norm.", StringComparison.Ordinal)), trained.Count);
        double sum = 0;
        foreach (Parameter parameter in trained)
        {
            float[] gradient = parameter.Gradient!.ToArray();
            double squares = gradient.Sum(value => (double)value * value);
            double norm = Math.Sqrt(squares), expected = golden.Floats($"grad_norm.{parameter.Name}")[0];
            sum += squares;
            Assert.True(Math.Abs(norm - expected) <= (NormTolerance * expected) + 1e-6, $"{parameter.Name}: gradient norm {norm:g6}, the reference's {expected:g6}");
            float[] head = golden.Floats($"grad_head.{parameter.Name}");
            for (int i = 0; i < head.Length; i++)
            {
                Assert.True(Math.Abs(head[i] - gradient[i]) <= (1e-2 * Math.Abs(head[i])) + (1e-3 * norm) + 1e-7, $"{parameter.Name}[{i}]: {gradient[i]:g6}, the reference's {head[i]:g6}");
            }
        }

        double total = golden.Floats("grad_total_norm")[0];
        Assert.Equal(total, Math.Sqrt(sum), 1e-3 * total);
    }
}
