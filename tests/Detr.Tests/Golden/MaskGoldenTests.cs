using Detr.Data;
using Detr.Models;
using Detr.Tensors;

namespace Detr.Tests.Golden;

/// <summary>The panoptic model against the reference's outputs and losses on a padded batch of two.</summary>
public sealed class MaskGoldenTests : IDisposable
{
    private const int Queries = 100;
    private readonly CpuBackend _backend = new(2);

    public void Dispose() => _backend.Dispose();

    [Fact]
    public void Masks_and_their_losses_match_the_reference()
    {
        GoldenFile golden = new("detr_resnet50_panoptic");
        DetrModel model = new(new DetrOptions { Classes = 250, Masks = true });
        NumbersFromNames.Fill(model.Parameters);
        (float[] pixels, PaddingMask padding) = NumbersFromNames.Batch2();
        ForwardContext context = new(_backend);
        using Scope scope = context.Scope();
        DetrOutput output = model.Forward(context, context.Upload([2, 3, 256, 320], pixels), padding, AuxiliaryOutputs.Masks);
        golden.AssertClose("pred_logits.sample_stride101", Sample(output.Logits.ToArray(), 101), 1e-3);
        golden.AssertClose("pred_boxes", output.Boxes.AsSpan(), 1e-3);

        Tensor[] masks = [.. Enumerable.Range(0, 2).Select(image => model.MaskHead!.Forward(context, output.Masks!, image, [.. Enumerable.Range(0, Queries)]))];
        double[] shape = [2, .. masks[0].Shape.Select(axis => (double)axis)];
        Assert.Equal(golden.Doubles("pred_masks.shape"), shape);
        float[] values = [.. masks.SelectMany(mask => mask.ToArray())];
        golden.AssertClose("pred_masks.sample_stride1009", Sample(values, 1009), 1e-3);
        golden.AssertClose("pred_masks.first8", [.. masks.SelectMany(mask => mask.AsSpan()[..(8 * 64 * 80)].ToArray())], 1e-3);
        double[] sums = golden.Doubles("pred_masks.sum_abssum");
        Assert.Equal(sums[1], values.Sum(value => (double)Math.Abs(value)), sums[1] * 1e-4);
        Assert.Equal(sums[0], values.Sum(value => (double)value), sums[1] * 1e-4);

        BoxTargets[] targets = NumbersFromNames.Targets();
        (int Height, int Width)[] sizes = [(224, 320), (256, 288)];
        SetCriterion criterion = new(250, new HungarianMatcher(), new CriterionOptions(), model.MaskHead);
        CriterionResult result = criterion.Forward(
            context, output, [.. targets.Zip(sizes, (target, size) => target with { Masks = [.. Enumerable.Range(0, target.Count).Select(i => Ellipse(target.Box(i), size.Height, size.Width))] })]);
        foreach (string key in golden.Keys.Where(key => key.StartsWith("loss.", StringComparison.Ordinal)))
        {
            float expected = golden.Floats(key)[0];
            Assert.True(Math.Abs(expected - result.Losses[key[5..]]) <= 1e-3 * Math.Abs(expected), $"{key} is {result.Losses[key[5..]]}, the reference's {expected}");
        }
    }

    /// <summary>The ellipse in a box: pixel (x, y) is in when ((x − cx) / (w / 2))² + ((y − cy) / (h / 2))² ≤ 1.</summary>
    private static MaskTarget Ellipse(ReadOnlySpan<float> box, int height, int width)
    {
        bool[] inside = new bool[height * width];
        for (int i = 0; i < inside.Length; i++)
        {
            (int y, int x) = Math.DivRem(i, width);
            double across = (x - ((double)box[0] * width)) / ((double)box[2] * width / 2), down = (y - ((double)box[1] * height)) / ((double)box[3] * height / 2);
            inside[i] = (across * across) + (down * down) <= 1;
        }

        return new MaskTarget(RunLengthMask.FromPixels(height, width, inside));
    }

    private static float[] Sample(float[] values, int stride) => [.. values.Where((_, index) => index % stride == 0)];
}
