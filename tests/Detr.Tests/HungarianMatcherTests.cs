using Detr.Data;
using Detr.Models;
using Detr.Tensors;

namespace Detr.Tests;

/// <summary>What pairs cost; which of them are chosen is held to the reference's matches elsewhere.</summary>
public sealed class HungarianMatcherTests
{
    // Of two classes and no-object, the first has a probability of a half.
    private static readonly float[] HalfSure = [MathF.Log(2), 0, 0];

    [Fact]
    public void A_perfect_box_costs_its_overlap_and_the_class()
    {
        double[] cost = new double[1];
        new HungarianMatcher().Costs(Output(HalfSure, [0.5f, 0.5f, 0.2f, 0.4f]), 0, new BoxTargets([0], [0.5f, 0.5f, 0.2f, 0.4f]), cost);
        Assert.Equal(-0.5 - 2.0, cost[0], 1e-6);
    }

    [Fact]
    public void A_box_elsewhere_costs_its_distance_and_the_gap()
    {
        // Two boxes of 0.2 × 0.2 whose centres are 0.4 apart: no overlap, and a third of their hull is empty.
        double[] cost = new double[1];
        new HungarianMatcher(ClassCost: 3).Costs(Output(HalfSure, [0.3f, 0.5f, 0.2f, 0.2f]), 0, new BoxTargets([1], [0.7f, 0.5f, 0.2f, 0.2f]), cost);
        Assert.Equal((5 * 0.4) - (3 * 0.25) + (2.0 / 3), cost[0], 1e-5);
    }

    [Fact]
    public void Costs_stand_by_query_and_object()
    {
        double[] cost = new double[2];
        DetrOutput two = Output([.. HalfSure, .. HalfSure], [0.1f, 0.5f, 0.1f, 0.1f, 0.4f, 0.5f, 0.1f, 0.1f]);
        new HungarianMatcher(0, 1, 0).Costs(two, 0, new BoxTargets([0], [0.2f, 0.5f, 0.1f, 0.1f]), cost);
        Assert.Equal([0.1, 0.2], cost.Select(value => Math.Round(value, 5)));
        Assert.Throws<ArgumentException>(() => new HungarianMatcher().Costs(Output(HalfSure, [0, 0, 1, 1]), 0, new BoxTargets([0], [0, 0, 1, 1]), cost));
    }

    private static DetrOutput Output(float[] logits, float[] boxes)
        => new(Tensor.FromArray([1, boxes.Length / 4, HalfSure.Length], logits), Tensor.FromArray([1, boxes.Length / 4, 4], boxes), []);
}
