namespace Detr.Kernels.Tests;

/// <summary>The rectifier with a learnt slope against the formula and finite differences of it.</summary>
public sealed class ParametricReluTests : IDisposable
{
    private const float Slope = -0.3f;
    private readonly WorkerPool _pool = new(3);

    public void Dispose() => _pool.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(37)]
    [InlineData(1025)]
    [InlineData(40_001)]
    public void Values_and_gradients_are_those_of_the_formula(int length)
    {
        Random random = new(length);
        float[] x = Numbers.Uniform(random, length), dy = Numbers.Uniform(random, length), y = new float[length], dx = new float[length];
        ParametricRelu.Forward(_pool, x, Slope, y);
        double dSlope = ParametricRelu.Backward(_pool, x, Slope, dy, dx);

        Assert.Equal(x.Select(value => value > 0 ? value : Slope * value), y);
        Assert.Equal(x.Zip(dy, (value, gradient) => value > 0 ? gradient : Slope * gradient), dx);
        Assert.Equal(x.Zip(dy, (value, gradient) => value > 0 ? 0 : (double)value * gradient).Sum(), dSlope, 1e-6 * (4 + Math.Sqrt(length)));
        if (length is > 0 and < 100)
        {
            FiniteDifferences.AssertGradient(at => [.. at.Select(value => value > 0 ? value : Slope * value)], x, dy, dx);
            FiniteDifferences.AssertGradient(at => [.. x.Select(value => value > 0 ? value : at[0] * value)], [Slope], dy, [(float)dSlope]);
        }

        using WorkerPool one = new(1);
        float[] inPlace = (float[])dy.Clone();
        Assert.Equal(dSlope, ParametricRelu.Backward(one, x, Slope, inPlace, inPlace));
        Assert.Equal(dx, inPlace);
        ParametricRelu.Forward(_pool, x, Slope, x);
        Assert.Equal(y, x);
    }

    [Fact]
    public void The_slopes_gradient_is_the_same_wherever_the_stack_is()
    {
        Random random = new(2);
        using WorkerPool one = new(1);
        float[] x = Numbers.Uniform(random, 1024), dy = Numbers.Uniform(random, 1024), dx = new float[1024];
        Assert.Single(StackDepths.All(() => ParametricRelu.Backward(one, x, Slope, dy, dx)).Distinct());
    }

    [Fact]
    public void At_0_the_slope_holds()
    {
        float[] dx = new float[9];
        Assert.Equal(0, ParametricRelu.Backward(_pool, new float[9], Slope, [1f, 1f, 1f, 1f, 1f, 1f, 1f, 1f, 1f], dx));
        Assert.All(dx, gradient => Assert.Equal(Slope, gradient));
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_refused()
    {
        Assert.Throws<ArgumentException>(() => ParametricRelu.Forward(_pool, new float[9], Slope, new float[8]));
        Assert.Throws<ArgumentException>(() => ParametricRelu.Backward(_pool, new float[9], Slope, new float[8], new float[9]));
        Assert.Throws<ArgumentException>(() => ParametricRelu.Backward(_pool, new float[9], Slope, new float[9], new float[8]));
    }
}
