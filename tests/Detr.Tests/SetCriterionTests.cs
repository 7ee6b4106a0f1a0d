using Detr.Data;
using Detr.Models;
using Detr.Tensors;

namespace Detr.Tests;

/// <summary>The criterion on inputs that users really have.</summary>
public sealed class SetCriterionTests : IDisposable
{
    private readonly CpuBackend _backend = new(1);
    private readonly SetCriterion _criterion = new(3, new HungarianMatcher(), new CriterionOptions());

    public void Dispose() => _backend.Dispose();

    [Fact]
    public void An_image_without_objects_trains_the_class_alone()
    {
        ForwardContext context = new(_backend) { Tape = new Tape() };
        using Scope scope = context.Scope();
        CriterionResult result = _criterion.Forward(context, Output(context, 0f), [new BoxTargets([], [])]);
        Assert.Equal(0, result.Losses["loss_bbox"]);
        Assert.Equal(0, result.Losses["loss_giou"]);
        Assert.True(float.IsFinite(result.Total.Item()) && result.Total.Item() > 0);
        Assert.Empty(result.Matches[0]);
    }

    [Fact]
    public void More_objects_than_queries_are_refused_with_both_numbers()
    {
        ForwardContext context = new(_backend);
        using Scope scope = context.Scope();
        BoxTargets crowd = new([0, 1, 2], [.. Enumerable.Repeat(0.5f, 12)]);
        ArgumentException error = Assert.Throws<ArgumentException>(() => _criterion.Forward(context, Output(context, 0f), [crowd]));
        Assert.Contains("3 objects", error.Message, StringComparison.Ordinal);
        Assert.Contains("2 queries", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_label_outside_the_classes_is_refused()
    {
        ForwardContext context = new(_backend);
        using Scope scope = context.Scope();
        Assert.Throws<ArgumentException>(() => _criterion.Forward(context, Output(context, 0f), [new BoxTargets([3], [0.5f, 0.5f, 0.1f, 0.1f])]));
    }

    [Fact]
    public void A_prediction_that_is_no_number_is_named()
    {
        ForwardContext context = new(_backend);
        using Scope scope = context.Scope();
        Assert.Throws<ArithmeticException>(() => _criterion.Forward(context, Output(context, float.NaN), [new BoxTargets([1], [0.5f, 0.5f, 0.1f, 0.1f])]));
    }

    private static DetrOutput Output(ForwardContext context, float logit)
    {
        float[] logits = new float[2 * 4];
        logits.AsSpan().Fill(logit);
        return new DetrOutput(context.Upload([1, 2, 4], logits), context.Upload([1, 2, 4], [0.3f, 0.3f, 0.2f, 0.2f, 0.7f, 0.7f, 0.2f, 0.2f]), []);
    }
}
