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

    [Fact]
    public void A_sigmoids_class_costs_what_the_focal_loss_would_change_by()
    {
        // Probabilities of 0.8 and 0.25; the object's box is hit.
        DetrOutput output = Output([MathF.Log(4), -MathF.Log(3), 0], [0.5f, 0.5f, 0.2f, 0.4f]) with { Scoring = ClassScoring.Sigmoid };
        double[] cost = new double[2];
        new HungarianMatcher(ClassCost: 2).Costs(output, 0, new BoxTargets([0, 1], [0.5f, 0.5f, 0.2f, 0.4f, 0.5f, 0.5f, 0.2f, 0.4f]), cost);
        Assert.Equal((2 * ((-0.25 * 0.04 * Math.Log(0.8)) + (0.75 * 0.64 * Math.Log(0.2)))) - 2, cost[0], 1e-5);
        Assert.Equal((2 * ((-0.25 * 0.5625 * Math.Log(0.25)) + (0.75 * 0.0625 * Math.Log(0.75)))) - 2, cost[1], 1e-5);
    }

    [Fact]
    public void A_sigmoid_that_rounds_to_one_or_zero_has_a_cost()
    {
        DetrOutput output = Output([200, -200, 0], [0.5f, 0.5f, 0.2f, 0.4f]) with { Scoring = ClassScoring.Sigmoid };
        double[] cost = new double[2];
        new HungarianMatcher(1, 0, 0).Costs(output, 0, new BoxTargets([0, 1], [0.5f, 0.5f, 0.2f, 0.4f, 0.5f, 0.5f, 0.2f, 0.4f]), cost);
        Assert.Equal([0.75 * Math.Log(1e-8), -0.25 * Math.Log(1e-8)], cost.Select(value => Math.Round(value, 5)), (a, b) => Math.Abs(a - b) < 1e-4);
    }

    private static DetrOutput Output(float[] logits, float[] boxes)
        => new(Tensor.FromArray([1, boxes.Length / 4, HalfSure.Length], logits), Tensor.FromArray([1, boxes.Length / 4, 4], boxes), []);
}
