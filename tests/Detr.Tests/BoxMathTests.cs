using Detr.Models;
using Detr.Tensors;

namespace Detr.Tests;

/// <summary>Overlap of boxes and its gradient.</summary>
public sealed class BoxMathTests
{
    [Fact]
    public void Equal_boxes_overlap_wholly() => Assert.Equal(1, BoxMath.GeneralizedIoU([0.5f, 0.5f, 0.2f, 0.4f], [0.5f, 0.5f, 0.2f, 0.4f]), 1e-6);

    [Fact]
    public void Two_unit_squares_side_by_side_with_a_gap_of_one() => Assert.Equal(-1.0 / 3, BoxMath.GeneralizedIoU([0, 0, 1, 1], [2, 0, 1, 1]), 1e-6);

    [Fact]
    public void A_margin_keeps_boxes_of_no_size_finite()
    {
        Assert.Equal(double.NaN, BoxMath.GeneralizedIoU([0.5f, 0.5f, 0, 0], [0.5f, 0.5f, 0, 0]));
        Assert.Equal(0, BoxMath.GeneralizedIoU([0.5f, 0.5f, 0, 0], [0.5f, 0.5f, 0, 0], margin: 1e-6));

        // Areas of 0.04: 0.02 in common, 0.06 together, which fills the hull.
        Assert.Equal(0.02 / 0.07, BoxMath.GeneralizedIoU([0.5f, 0.5f, 0.2f, 0.2f], [0.6f, 0.5f, 0.2f, 0.2f], margin: 0.01), 1e-6);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.05)]
    public void The_overlap_loss_has_the_gradient_that_differences_say(double margin)
    {
        Random random = new(3);
        using CpuBackend backend = new(1);
        for (int round = 0; round < 60; round++)
        {
            float[] box = Box(random), target = Box(random);
            ForwardContext context = new(backend) { Tape = new Tape() };
            using Scope scope = context.Scope();
            Parameter predicted = new("box", [1, 4]);
            predicted.Write(box);
            context.Tape.Backward(context, context.OverlapLoss(predicted, context.Upload([1, 4], target), margin));
            for (int i = 0; i < 4; i++)
            {
                const float step = 1e-4f;
                float[] up = [.. box], down = [.. box];
                up[i] += step;
                down[i] -= step;
                double expected = (BoxMath.GeneralizedIoU(down, target, margin: margin) - BoxMath.GeneralizedIoU(up, target, margin: margin)) / (up[i] - down[i]);
                Assert.Equal(expected, predicted.Gradient!.AsSpan()[i], 2e-2 * Math.Max(1, Math.Abs(expected)));
            }
        }
    }

    private static float[] Box(Random random) =>
        [0.2f + (0.6f * random.NextSingle()), 0.2f + (0.6f * random.NextSingle()), 0.1f + (0.5f * random.NextSingle()), 0.1f + (0.5f * random.NextSingle())];
}
