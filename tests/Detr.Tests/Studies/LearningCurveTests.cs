using Detr.Studies;

namespace Detr.Tests.Studies;

/// <summary>Curves are read on the lines that join their points, from nothing at the beginning.</summary>
public sealed class LearningCurveTests
{
    private static readonly LearningCurve Curve = new([10, 20, 30], [4, 8, 12], [0.2, 0.6, 0.5]);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(5, 0.1)]
    [InlineData(10, 0.2)]
    [InlineData(15, 0.4)]
    [InlineData(30, 0.5)]
    [InlineData(99, 0.5)]
    public void A_place_has_a_precision(double step, double precision) => Assert.Equal(precision, Curve.At(Curve.Steps, step), 1e-12);

    [Theory]
    [InlineData(0, 0.0)]
    [InlineData(0.1, 5.0)]
    [InlineData(0.2, 10.0)]
    [InlineData(0.5, 17.5)]
    [InlineData(0.6, 20.0)]
    [InlineData(0.61, null)]
    public void A_precision_is_first_reached_somewhere_or_never(double precision, double? step)
    {
        double? found = Curve.FirstAt(Curve.Steps, precision), seconds = Curve.FirstAt(Curve.Seconds, precision);
        Assert.Equal(step.HasValue, found.HasValue);
        Assert.Equal(step ?? 0, found ?? 0, 1e-9);
        Assert.Equal(0.4 * (step ?? 0), seconds ?? 0, 1e-9);
    }

    [Fact]
    public void Several_have_a_mean()
    {
        LearningCurve mean = LearningCurve.Mean([Curve, new([10, 20, 30], [6, 12, 18], [0.4, 0.6, 0.7])]);
        Assert.Equal([10, 20, 30], mean.Steps);
        Assert.Equal([5, 10, 15], mean.Seconds);
        Assert.Equal([0.3, 0.6, 0.6], mean.Precisions.Select(precision => Math.Round(precision, 12)));
    }
}
